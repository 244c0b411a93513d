"use client";

import { Plus, X } from "lucide-react";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { drainLimits } from "#lib/kernel/limits/drains.ts";

/** A header as it is typed; `key` tells rows apart while their names change. */
export interface HeaderEntry {
  key: number;
  name: string;
  value: string;
}

/** The headers that have a name, as the API takes them. */
export const headersOf = (entries: readonly HeaderEntry[]): Record<string, string> =>
  Object.fromEntries(
    entries.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), value]),
  );

interface HeaderEntriesProps {
  entries: readonly HeaderEntry[];
  onChange: (entries: readonly HeaderEntry[]) => void;
  error: string | null;
}

/** Names and values of the headers that go with every delivery. */
export function HeaderEntries({ entries, onChange, error }: HeaderEntriesProps) {
  const id = useId();
  const change = (key: number, part: Partial<HeaderEntry>) =>
    onChange(entries.map((entry) => (entry.key === key ? { ...entry, ...part } : entry)));
  const nextKey = Math.max(0, ...entries.map(({ key }) => key)) + 1;
  return (
    <div className="grid gap-2">
      {entries.map((entry, index) => (
        <div key={entry.key} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_auto] gap-2">
          <Input
            aria-label={`Name of header ${index + 1}`}
            value={entry.name}
            onChange={(event) => change(entry.key, { name: event.target.value })}
            placeholder="authorization"
            maxLength={100}
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
          <Input
            aria-label={`Value of header ${index + 1}`}
            type="password"
            value={entry.value}
            onChange={(event) => change(entry.key, { value: event.target.value })}
            placeholder="Bearer …"
            maxLength={8_192}
            autoComplete="new-password"
            className="font-mono"
          />
          <Button
            size="sm"
            variant="ghost"
            className="h-auto"
            aria-label={`Remove header ${index + 1}`}
            onClick={() => onChange(entries.filter(({ key }) => key !== entry.key))}
          >
            <X aria-hidden="true" />
          </Button>
        </div>
      ))}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-fail text-xs">
          {error}
        </p>
      ) : null}
      {entries.length < drainLimits.headersMax ? (
        <Button
          size="sm"
          className="justify-self-start"
          onClick={() => onChange([...entries, { key: nextKey, name: "", value: "" }])}
        >
          <Plus aria-hidden="true" />
          Add header
        </Button>
      ) : null}
    </div>
  );
}
