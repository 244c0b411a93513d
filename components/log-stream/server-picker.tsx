"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { WatchedServer } from "./watched-server.ts";

interface ServerPickerProps {
  servers: readonly WatchedServer[];
  /** Slugs that are ticked at first. */
  initial: readonly string[];
  onChoose: (slugs: string[]) => void;
}

const { mergedServersMax } = viewerLimits;

/** Which servers are watched together. Each takes one of the places of that server's log stream. */
export function ServerPicker({ servers, initial, onChoose }: ServerPickerProps) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set(initial.slice(0, mergedServersMax)));
  const active = servers.filter(({ status }) => status === "active");
  const isFull = ticked.size >= mergedServersMax;
  const toggle = (slug: string): void => {
    const next = new Set(ticked);
    if (!next.delete(slug)) next.add(slug);
    setTicked(next);
  };
  if (active.length === 0) {
    return (
      <Card>
        <EmptyState title="No active server">Only active servers write lines.</EmptyState>
      </Card>
    );
  }
  return (
    <Card className="max-w-2xl">
      <form
        className="grid gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          onChoose(active.flatMap(({ slug }) => (ticked.has(slug) ? [slug] : [])));
        }}
      >
        <p className="text-muted text-sm">
          Choose up to {mergedServersMax} servers. Their lines are shown in one list, in the order of their
          times.
        </p>
        <ul className="grid gap-1 sm:grid-cols-2">
          {active.map(({ id, slug, name }) => (
            <li key={id}>
              <label
                htmlFor={`watch-${slug}`}
                className="flex items-center gap-2 rounded-md px-2 py-1.5 text-sm hover:bg-raised/60"
              >
                <Checkbox
                  id={`watch-${slug}`}
                  checked={ticked.has(slug)}
                  disabled={isFull && !ticked.has(slug)}
                  onCheckedChange={() => toggle(slug)}
                />
                <span className="min-w-0 truncate">{name}</span>
                <span className="ml-auto truncate font-mono text-faint text-xs">{slug}</span>
              </label>
            </li>
          ))}
        </ul>
        <div>
          <Button type="submit" variant="primary" disabled={ticked.size === 0}>
            Watch
          </Button>
        </div>
      </form>
    </Card>
  );
}
