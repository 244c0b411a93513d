"use client";

// Did the tools change since the last good look, since when, and does it break callers?

import { useQuery } from "@tanstack/react-query";
import { Check, ChevronRight, CircleMinus, CirclePlus, Pencil, TriangleAlert } from "lucide-react";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { Pill } from "#components/ui/pill.tsx";
import { Time } from "#components/ui/time.tsx";
import { toolDriftQuery } from "#lib/client/queries/hosting.ts";
import type { ToolDrift } from "#lib/contract/index.ts";

const FIELD_LABEL: Readonly<Record<string, string>> = {
  title: "title",
  description: "description",
  inputSchema: "input",
  outputSchema: "output",
  annotations: "annotations",
};

/** What changed in the tools between the last two different looks; nothing while there is only one. */
export function DriftPanel() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const query = useQuery(toolDriftQuery(org, server.slug));
  const drift = query.data;
  if (query.isError && drift === undefined)
    return (
      <p className="px-1 text-muted text-xs" role="status">
        Changes of the tools are not known: {query.error.message}
      </p>
    );
  if (drift == null || drift.current === null || drift.previous === null) return null;
  const total = drift.added.length + drift.removed.length + drift.changed.length;
  const breaking = drift.removed.length + drift.changed.filter((tool) => tool.breaking).length;
  return (
    <details
      key={total === 0 ? "same" : "changed"}
      open={breaking > 0}
      className="group rounded-lg border bg-surface"
      aria-label="Changes of the tools"
    >
      <summary className="flex min-h-9 flex-wrap items-center gap-x-2.5 gap-y-1 rounded-lg px-3 py-1.5">
        {total === 0 ? null : (
          <ChevronRight
            aria-hidden="true"
            className="-mr-1 size-3.5 shrink-0 text-faint transition-transform group-open:rotate-90"
          />
        )}
        <span className="font-medium">{total === 0 ? "No tool changed" : summaryOf(drift)}</span>
        {breaking > 0 ? (
          <Pill tone="fail" icon={TriangleAlert}>
            {breaking} breaking
          </Pill>
        ) : (
          <Pill tone="ok" icon={Check}>
            nothing breaks
          </Pill>
        )}
        <span className="text-muted text-xs">
          {versionOf(drift.previous)} → {versionOf(drift.current)} · <Time value={drift.current.seenAt} />
        </span>
      </summary>
      {total === 0 ? null : (
        <ul className="max-h-72 divide-y overflow-y-auto border-t" aria-label="Changed tools">
          {drift.removed.map((name) => (
            <Change key={name} name={name} what="removed" breaking />
          ))}
          {[...drift.changed]
            .sort((left, right) => Number(right.breaking) - Number(left.breaking))
            .map((tool) => (
              <Change
                key={tool.name}
                name={tool.name}
                what="changed"
                fields={tool.fields}
                breaking={tool.breaking}
              />
            ))}
          {drift.added.map((name) => (
            <Change key={name} name={name} what="added" breaking={false} />
          ))}
        </ul>
      )}
    </details>
  );
}

const versionOf = (look: NonNullable<ToolDrift["current"]>): string => look.version ?? "earlier look";

const summaryOf = ({ added, removed, changed }: ToolDrift): string =>
  [
    added.length > 0 ? `${added.length} added` : null,
    removed.length > 0 ? `${removed.length} removed` : null,
    changed.length > 0 ? `${changed.length} changed` : null,
  ]
    .filter((part) => part !== null)
    .join(", ");

const ICON = { added: CirclePlus, removed: CircleMinus, changed: Pencil } as const;

interface ChangeProps {
  name: string;
  what: keyof typeof ICON;
  fields?: readonly string[];
  breaking: boolean;
}

function Change({ name, what, fields = [], breaking }: ChangeProps) {
  const Icon = ICON[what];
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-2.5 px-3 py-1">
      <Icon
        aria-hidden="true"
        className={
          what === "added"
            ? "size-3.5 text-ok"
            : what === "removed"
              ? "size-3.5 text-fail"
              : "size-3.5 text-muted"
        }
      />
      <span className="min-w-0 truncate font-mono text-xs">{name}</span>
      <span className="text-muted text-xs">
        {what}
        {fields.length > 0 ? ` ${fields.map((field) => FIELD_LABEL[field] ?? field).join(", ")}` : null}
      </span>
      {breaking ? (
        <span className="ml-auto inline-flex items-center gap-1 text-fail text-xs">
          <TriangleAlert aria-hidden="true" className="size-3" />
          breaking
        </span>
      ) : null}
    </li>
  );
}
