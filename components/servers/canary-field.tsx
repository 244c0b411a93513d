"use client";

import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useId } from "react";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { parseArguments } from "#components/tools/tool-fields.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Label } from "#components/ui/label.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { callTool } from "#lib/client/queries/checks.ts";
import type { Tool, ToolCallResult } from "#lib/contract/index.ts";
import { type CanaryValues, missingArguments, scheduleOptions } from "./canary-form.ts";
import { useServer } from "./server-context.tsx";

interface CanaryFieldProps {
  values: CanaryValues;
  tools: readonly Tool[];
  disabled: boolean;
  onChange: (change: Partial<CanaryValues>) => void;
}

/** One tool call with a known answer: which, with what, what must come back, how often. It can be tried before it is saved. */
export function CanaryField({ values, tools, disabled, onChange }: CanaryFieldProps) {
  const switchId = useId();
  const parsed = parseArguments(values.json);
  const tool = tools.find(({ name }) => name === values.tool);
  const missing = parsed.arguments ? missingArguments(tool?.inputSchema, parsed.arguments) : [];
  const names = tools.map(({ name }) => name);
  return (
    <div className="grid gap-3.5">
      <div className="flex items-start justify-between gap-4">
        <div className="grid gap-0.5">
          <Label htmlFor={switchId}>Canary call</Label>
          <p className="text-muted text-xs">
            A real tool call with a known answer. A version that fails it never serves; a schedule watches it
            afterwards.
          </p>
        </div>
        <Switch
          id={switchId}
          checked={values.isOn}
          disabled={disabled}
          onCheckedChange={(isOn) => onChange({ isOn, tool: values.tool || (names[0] ?? "") })}
        />
      </div>
      {values.isOn ? (
        <div className="grid gap-3.5 rounded-md border p-3.5">
          <div className="grid gap-3.5 sm:grid-cols-2">
            <Field label="Tool" error={values.tool.trim() === "" ? "Choose a tool." : null}>
              {(control) =>
                names.length === 0 ? (
                  <Input
                    {...control}
                    value={values.tool}
                    disabled={disabled}
                    maxLength={200}
                    spellCheck={false}
                    className="font-mono"
                    onChange={(event) => onChange({ tool: event.target.value })}
                  />
                ) : (
                  <Select
                    {...control}
                    value={values.tool}
                    disabled={disabled}
                    onChange={(event) => onChange({ tool: event.target.value })}
                  >
                    {(names.includes(values.tool) ? names : [values.tool, ...names]).map((name) => (
                      <option key={name} value={name}>
                        {names.includes(name)
                          ? name
                          : name === ""
                            ? "Choose a tool"
                            : `${name} (not seen yet)`}
                      </option>
                    ))}
                  </Select>
                )
              }
            </Field>
            <Field label="Schedule">
              {(control) => (
                <Select
                  {...control}
                  value={values.every}
                  disabled={disabled}
                  onChange={(event) => onChange({ every: event.target.value })}
                >
                  {scheduleOptions(values.every).map((option) => (
                    <option key={option.value} value={option.value}>
                      {option.label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
          <Field
            label="Arguments"
            hint={
              missing.length > 0
                ? `The tool also requires ${missing.join(", ")}.`
                : "A JSON object. Use something that can be repeated without harm."
            }
            error={parsed.errors?.[""] ?? null}
          >
            {(control) => (
              <Textarea
                {...control}
                value={values.json}
                rows={4}
                disabled={disabled}
                spellCheck={false}
                className="font-mono text-xs"
                onChange={(event) => onChange({ json: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Expected text"
            optional
            hint="Must occur in the answer; without it any answer will do."
          >
            {(control) => (
              <Input
                {...control}
                value={values.expectedText}
                maxLength={1000}
                disabled={disabled}
                onChange={(event) => onChange({ expectedText: event.target.value })}
              />
            )}
          </Field>
          <TryCanary values={values} args={parsed.arguments} />
        </div>
      ) : null}
    </div>
  );
}

function TryCanary({ values, args }: { values: CanaryValues; args: Record<string, unknown> | null }) {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const call = useMutation({
    mutationFn: (input: { tool: string; args: Record<string, unknown> }) =>
      callTool(org, server.slug, input.tool, input.args),
  });
  if (!can("checks:run") || server.status !== "active") return null;
  return (
    <div className="grid gap-2">
      <div>
        <Button
          size="sm"
          pending={call.isPending}
          disabled={args === null || values.tool.trim() === ""}
          onClick={() => args && call.mutate({ tool: values.tool.trim(), args })}
        >
          {call.isPending ? null : <Play aria-hidden="true" />}
          {call.isPending ? "Calling" : "Try it now"}
        </Button>
      </div>
      {call.isError ? <Notice tone="fail">{messageOf(call.error)}</Notice> : null}
      {call.data ? <TriedCanary result={call.data} expectedText={values.expectedText} /> : null}
    </div>
  );
}

const textOf = (content: readonly unknown[]): string =>
  content
    .map((part) =>
      typeof part === "object" && part !== null && "text" in part && typeof part.text === "string"
        ? part.text
        : "",
    )
    .join("\n");

function TriedCanary({ result, expectedText }: { result: ToolCallResult; expectedText: string }) {
  const text = textOf(result.content);
  if (result.status === "failed") {
    return (
      <Notice tone="fail">{result.failure?.message ?? (text || "The tool answered with an error.")}</Notice>
    );
  }
  const isFound = expectedText === "" || text.includes(expectedText);
  return (
    <Notice tone={isFound ? "ok" : "fail"}>
      {isFound
        ? `It would pass: ${formatDuration(result.durationMs)}.`
        : "It would fail: the expected text is not in the answer."}
      <span className="mt-1 line-clamp-3 whitespace-pre-wrap break-words font-mono text-muted text-xs">
        {text || "The answer has no text."}
      </span>
    </Notice>
  );
}
