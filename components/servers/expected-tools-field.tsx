"use client";

import { Plus, TriangleAlert } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Input } from "#components/ui/input.tsx";
import { formatCount } from "#components/ui/numbers.ts";

interface ExpectedToolsFieldProps {
  /** Names of the tools that the last smoke saw. */
  known: readonly string[];
  expected: readonly string[];
  disabled: boolean;
  onChange: (expected: string[]) => void;
}

/** Which tools a version must list: picked from the known ones, or named ahead of the version that brings them. */
export function ExpectedToolsField({ known, expected, disabled, onChange }: ExpectedToolsFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const names = [...known, ...expected.filter((name) => !known.includes(name))];
  const toggle = (name: string, on: boolean) =>
    onChange(on ? [...expected, name] : expected.filter((candidate) => candidate !== name));
  const add = () => {
    const name = typed.trim();
    if (name !== "" && !expected.includes(name)) onChange([...expected, name]);
    setTyped("");
  };
  return (
    <fieldset className="grid gap-2" disabled={disabled}>
      <legend className="mb-1.5 flex w-full items-center gap-2">
        <span className="font-medium">Expected tools</span>
        <span className="text-muted text-xs">
          {expected.length === 0 ? "any tools will do" : `${formatCount(expected.length)} must be listed`}
        </span>
      </legend>
      {names.length === 0 ? (
        <p className="text-muted text-xs">No tools are known yet: run the smoke, or name them ahead.</p>
      ) : (
        <ul className="grid max-h-56 gap-x-4 overflow-y-auto rounded-md border px-3 py-1.5 sm:grid-cols-2">
          {names.map((name) => (
            <li key={name} className="flex min-h-7 min-w-0 items-center gap-2">
              <Checkbox
                id={`${id}-${name}`}
                checked={expected.includes(name)}
                disabled={disabled}
                onCheckedChange={(on) => toggle(name, on === true)}
              />
              <label htmlFor={`${id}-${name}`} className="min-w-0 truncate font-mono text-xs">
                {name}
              </label>
              {known.includes(name) ? null : (
                <span className="inline-flex shrink-0 items-center gap-1 text-warn text-xs">
                  <TriangleAlert aria-hidden="true" className="size-3" />
                  not seen yet
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {disabled ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <Input
            aria-label="Tool name"
            placeholder="Another tool by name"
            value={typed}
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
            className="w-auto min-w-40 max-w-56 flex-1 font-mono text-xs"
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add();
            }}
          />
          <Button size="sm" onClick={add} disabled={typed.trim() === ""}>
            <Plus aria-hidden="true" />
            Add
          </Button>
          <span className="ml-auto flex gap-1">
            <Button
              size="sm"
              variant="ghost"
              disabled={known.every((name) => expected.includes(name))}
              onClick={() => onChange([...new Set([...expected, ...known])])}
            >
              All known
            </Button>
            <Button size="sm" variant="ghost" disabled={expected.length === 0} onClick={() => onChange([])}>
              None
            </Button>
          </span>
        </div>
      )}
    </fieldset>
  );
}
