"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { type FormEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useServer } from "#components/servers/server-context.tsx";
import { messageOf } from "#components/shell/error-message.ts";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { callTool } from "#lib/client/queries/checks.ts";
import { serverKey } from "#lib/client/queries/servers.ts";
import type { Tool } from "#lib/contract/index.ts";
import { ArgumentField } from "./argument-field.tsx";
import { CallResult } from "./call-result.tsx";
import { type KeptValues, keepValues, readKeptValues } from "./kept-values.ts";
import { argumentsOf, type FieldValues, fieldsOf, initialValues, parseArguments } from "./tool-fields.ts";

const MODES = [
  { value: "form", label: "Form" },
  { value: "json", label: "JSON" },
] as const;

/** Calls a tool for real, through the same way as every client. */
export function TryTool({ tool }: { tool: Tool }) {
  const hydrated = useHydrated();
  const { id } = useServer();
  // What was kept is known in the browser only. Read once, so that typing does not start the form over.
  const kept = useMemo(() => (hydrated ? readKeptValues(id, tool.name) : null), [hydrated, id, tool.name]);
  return <TryToolForm key={kept === null ? "fresh" : "kept"} tool={tool} initial={kept} />;
}

function TryToolForm({ tool, initial }: { tool: Tool; initial: KeptValues | null }) {
  const { slug: org, can } = useOrganization();
  const server = useServer();
  const queryClient = useQueryClient();
  const fields = fieldsOf(tool.inputSchema);
  const [kept, setKept] = useState<KeptValues>(
    () => initial ?? { fields: initialValues(fields), json: "{}", mode: "form" },
  );
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const call = useMutation({
    mutationFn: (args: Record<string, unknown>) => callTool(org, server.slug, tool.name, args),
    onSettled: () => queryClient.invalidateQueries({ queryKey: [...serverKey(org, server.slug), "checks"] }),
  });
  const parse = () => (kept.mode === "form" ? argumentsOf(fields, kept.fields) : parseArguments(kept.json));
  const change = (next: Partial<KeptValues>) => {
    const values = { ...kept, ...next };
    setKept(values);
    setErrors({});
    keepValues(server.id, tool.name, values);
  };
  const form = useRef<HTMLFormElement>(null);
  // Somebody may have typed before the page was ready; the next render would take it away.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what stands there at first was typed before
  useLayoutEffect(() => {
    const typed = { ...kept.fields, ...typedInto(form.current, fields) };
    if (fields.some(({ name }) => (typed[name] ?? "") !== (kept.fields[name] ?? "")))
      change({ fields: typed });
  }, []);
  const changeMode = (mode: "form" | "json") => {
    const filled = argumentsOf(fields, kept.fields);
    // What was typed goes along, so that the form can be finished by hand.
    if (mode === "json" && filled.arguments)
      change({ mode, json: JSON.stringify(filled.arguments, null, 2) });
    else change({ mode });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = parse();
    setErrors(parsed.errors ?? {});
    if (parsed.arguments) call.mutate(parsed.arguments);
  };
  const refusal = !can("checks:run")
    ? "Your role cannot call tools from here."
    : server.status === "active"
      ? null
      : "Only an active server can be called. Publish or activate it first.";

  return (
    <Card
      title="Try it"
      actions={
        fields.length > 0 ? (
          <SegmentedControl label="Arguments as" value={kept.mode} options={MODES} onChange={changeMode} />
        ) : null
      }
    >
      <form ref={form} onSubmit={submit} noValidate className="grid gap-3.5 p-4">
        {kept.mode === "json" ? (
          <Field label="Arguments" hint="A JSON object" error={errors[""] ?? null}>
            {(control) => (
              <Textarea
                {...control}
                rows={8}
                spellCheck={false}
                value={kept.json}
                className="font-mono text-xs"
                onChange={(event) => change({ json: event.target.value })}
              />
            )}
          </Field>
        ) : fields.length === 0 ? (
          <p className="text-muted text-sm">This tool takes no arguments.</p>
        ) : (
          fields.map((field) => (
            <ArgumentField
              key={field.name}
              field={field}
              value={kept.fields[field.name] ?? ""}
              error={errors[field.name] ?? null}
              onChange={(value) => change({ fields: { ...kept.fields, [field.name]: value } })}
            />
          ))
        )}
        {isDestructive(tool) ? (
          <Notice tone="warn">The server says that this tool changes or deletes something.</Notice>
        ) : null}
        {refusal ? <Notice>{refusal}</Notice> : null}
        <div>
          <Button type="submit" variant="primary" pending={call.isPending} disabled={refusal !== null}>
            {call.isPending ? null : <Play aria-hidden="true" />}
            {call.isPending ? "Calling" : "Call tool"}
          </Button>
        </div>
      </form>
      {call.isError ? (
        <div className="border-t p-4">
          <Notice tone="fail">{messageOf(call.error)}</Notice>
        </div>
      ) : null}
      {call.data ? (
        <div className="border-t p-4">
          <CallResult result={call.data} />
        </div>
      ) : null}
    </Card>
  );
}

/** What stands in the fields of a form, by the name of the argument. */
function typedInto(form: HTMLFormElement | null, fields: readonly { name: string }[]): FieldValues {
  return Object.fromEntries(
    fields.flatMap(({ name }) => {
      const control = form?.elements.namedItem(name);
      return control && "value" in control && typeof control.value === "string"
        ? [[name, control.value]]
        : [];
    }),
  );
}

/** Tools say it of themselves; without a word, only a tool that is not read-only counts as destructive by the protocol. */
const isDestructive = (tool: Tool): boolean => tool.annotations?.destructiveHint === true;
