"use client";

import { CircleAlert, Plus, TriangleAlert, X } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/class-names.ts";
import { Input } from "#components/ui/input.tsx";
import { formatCounted } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { matchesToolPattern } from "#lib/kernel/tool-pattern.ts";
import { covered, isToolPattern, unmatchedPatterns } from "./tool-coverage.ts";
import type { ToolsOfServers } from "./use-known-tools.ts";

interface ToolPickerProps {
  patterns: readonly string[];
  onChange: (patterns: readonly string[]) => void;
  tools: ToolsOfServers;
  error: string | null;
}

/** All tools, or names and patterns; what they match among the known tools is shown as one types. */
export function ToolPicker({ patterns, onChange, tools, error }: ToolPickerProps) {
  const isAll = patterns.includes("*");
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-2.5">
      <legend className="mb-1.5 font-medium">Tools</legend>
      <SegmentedControl
        label="Which tools"
        value={isAll ? "all" : "chosen"}
        onChange={(mode) => onChange(mode === "all" ? ["*"] : [])}
        className="w-fit"
        options={[
          { value: "all", label: "All tools" },
          { value: "chosen", label: "Chosen tools" },
        ]}
      />
      {isAll ? (
        <p className="text-muted text-xs">Every tool, also those that a later version adds.</p>
      ) : (
        <ChosenTools patterns={patterns} onChange={onChange} tools={tools} />
      )}
      {error ? (
        <p role="alert" className="flex items-start gap-1.5 text-fail text-xs">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

function ChosenTools({ patterns, onChange, tools }: Omit<ToolPickerProps, "error">) {
  const [typed, setTyped] = useState("");
  const inputId = useId();
  const names = [...new Set(tools.known.flatMap((server) => server.tools ?? []))].sort();
  const pattern = typed.trim();
  const mayAdd = isToolPattern(pattern) && !patterns.includes(pattern);
  const add = () => {
    if (!mayAdd) return;
    onChange([...patterns, pattern]);
    setTyped("");
  };
  const addByEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  };
  const shown = pattern === "" ? names : names.filter((name) => isFound(pattern, name));
  return (
    <div className="grid min-w-0 grid-cols-1 gap-2">
      <div className="flex gap-2">
        <label htmlFor={inputId} className="sr-only">
          Filter the tools, or add a pattern
        </label>
        <Input
          id={inputId}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={addByEnter}
          maxLength={200}
          placeholder="Filter, or a pattern such as get_*"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          className="font-mono text-xs"
        />
        <Button onClick={add} disabled={!mayAdd}>
          <Plus aria-hidden="true" />
          Add
        </Button>
      </div>
      {pattern !== "" && !isToolPattern(pattern) ? (
        <p className="text-fail text-xs">A pattern has visible characters and no spaces.</p>
      ) : null}
      <Chosen patterns={patterns} onChange={onChange} tools={tools} names={names} />
      {tools.isPending ? (
        <div aria-busy="true" className="grid gap-2 rounded-md border p-3">
          <Skeleton className="w-1/2" />
          <Skeleton className="w-1/3" />
        </div>
      ) : names.length === 0 ? (
        <p className="rounded-md border border-dashed px-3 py-2.5 text-muted text-xs">
          No tools are known here: no smoke test has passed yet. Patterns can be added without.
        </p>
      ) : (
        <ToolChecks names={shown} patterns={patterns} onChange={onChange} />
      )}
      <p role="status" className="text-muted text-xs">
        {previewText(patterns, names, tools)}
      </p>
    </div>
  );
}

/** As one types, a text without a star finds its part anywhere; a pattern finds what it would match. */
const isFound = (text: string, name: string): boolean =>
  text.includes("*") ? matchesToolPattern(text, name) : name.toLowerCase().includes(text.toLowerCase());

function previewText(patterns: readonly string[], names: readonly string[], tools: ToolsOfServers): string {
  if (tools.isPending) return "";
  if (patterns.length === 0) return "Nothing is chosen yet.";
  const rest = tools.leftOut > 0 ? ` ${formatCounted(tools.leftOut, "more server")} not looked at.` : "";
  return `Covers ${covered(patterns, names).length} of ${formatCounted(names.length, "known tool")}.${rest}`;
}

interface ChosenProps extends Omit<ToolPickerProps, "error"> {
  names: readonly string[];
}

/** The chosen names and patterns, each with what it matches, to take out again. */
function Chosen({ patterns, onChange, tools, names }: ChosenProps) {
  if (patterns.length === 0) return null;
  const unmatched = unmatchedPatterns(patterns, tools.known);
  return (
    <ul aria-label="Chosen tools and patterns" className="flex flex-wrap gap-1">
      {patterns.map((pattern) => {
        const isUnmatched = unmatched.includes(pattern);
        return (
          <li
            key={pattern}
            className={cn(
              "inline-flex max-w-full items-center gap-1 rounded-sm bg-raised py-px pr-0.5 pl-1.5 text-xs",
              isUnmatched && "bg-warn/10 text-warn",
            )}
          >
            {isUnmatched ? <TriangleAlert aria-hidden="true" className="size-3 shrink-0" /> : null}
            <span className="min-w-0 break-all font-mono">{pattern}</span>
            {isUnmatched ? <span>matches nothing</span> : null}
            {pattern.includes("*") && !isUnmatched && !tools.isPending ? (
              <span className="text-faint">{covered([pattern], names).length}</span>
            ) : null}
            <button
              type="button"
              aria-label={`Take out ${pattern}`}
              onClick={() => onChange(patterns.filter((other) => other !== pattern))}
              className="grid size-5 place-items-center rounded-sm text-faint hover:bg-line hover:text-fg"
            >
              <X aria-hidden="true" className="size-3" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

interface ToolChecksProps {
  names: readonly string[];
  patterns: readonly string[];
  onChange: (patterns: readonly string[]) => void;
}

function ToolChecks({ names, patterns, onChange }: ToolChecksProps) {
  const baseId = useId();
  if (names.length === 0)
    return (
      <p className="rounded-md border border-dashed px-3 py-2.5 text-muted text-xs">No known tool matches.</p>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <ul tabIndex={0} aria-label="Known tools" className="max-h-52 divide-y overflow-y-auto rounded-md border">
      {names.map((name) => {
        const id = `${baseId}-${name}`;
        const by = patterns.find((pattern) => pattern !== name && matchesToolPattern(pattern, name));
        return (
          <li key={name}>
            <label
              htmlFor={id}
              className="flex min-h-8 cursor-pointer items-center gap-2.5 px-3 hover:bg-raised/60"
            >
              <Checkbox
                id={id}
                checked={patterns.includes(name) || by !== undefined}
                disabled={by !== undefined}
                onCheckedChange={(on) =>
                  onChange(on === true ? [...patterns, name] : patterns.filter((other) => other !== name))
                }
              />
              <span className="min-w-0 break-all font-mono text-xs">{name}</span>
              {by === undefined ? null : <span className="ml-auto text-faint text-xs">by {by}</span>}
            </label>
          </li>
        );
      })}
    </ul>
  );
}
