"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { checkRunsQuery } from "#lib/client/queries/checks.ts";
import type { CheckRun } from "#lib/contract/index.ts";
import { CheckPill } from "./check-pill.tsx";
import { RunSmokeButton } from "./run-smoke-button.tsx";
import { useServer } from "./server-context.tsx";
import { useRunSmoke } from "./use-run-smoke.ts";

const ROWS_OF_SKELETON = ["a", "b", "c"];

/** The checks of a server, newest first, with what failed in the server's own words. */
export function ChecksCard({ rowsMax, runnable = false }: { rowsMax: number; runnable?: boolean }) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const checks = useQuery(checkRunsQuery(org, server.slug));
  const smoke = useRunSmoke(org, server);
  return (
    <Card
      id="checks"
      title="Checks"
      className="scroll-mt-4"
      actions={runnable ? <RunSmokeButton smoke={smoke} size="sm" /> : null}
    >
      {checks.data === undefined ? (
        checks.isError ? (
          <QueryError query={checks} title="The checks could not be loaded" />
        ) : (
          <ul className="divide-y" aria-busy="true">
            {ROWS_OF_SKELETON.map((row) => (
              <li key={row} className="flex h-10.5 items-center px-4">
                <Skeleton className="w-2/3" />
              </li>
            ))}
          </ul>
        )
      ) : checks.data.length === 0 ? (
        <EmptyState icon={FlaskConical} title="Never checked" className="py-8">
          A smoke test opens a real MCP session and lists the tools. It runs on every publish, and whenever
          you ask.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {checks.data.slice(0, rowsMax).map((check) => (
            <CheckRow key={check.id} check={check} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function CheckRow({ check }: { check: CheckRun }) {
  return (
    <li className="px-4 py-2">
      <div className="flex items-center gap-3">
        <span className="grid min-w-0 flex-1">
          <span className="truncate">
            {check.kind === "tools-list" ? (
              "tools/list"
            ) : (
              <span className="font-mono text-xs">{check.tool}</span>
            )}
          </span>
          <span className="truncate text-faint text-xs">
            <Time value={check.checkedAt} />
            {` · ${formatDuration(check.durationMs)}`}
            {check.kind === "tools-list" && check.toolCount !== null
              ? ` · ${formatCounted(check.toolCount, "tool")}`
              : ""}
            {check.actor ? ` · ${check.actor}` : ""}
          </span>
        </span>
        <CheckPill status={check.status} />
      </div>
      {check.error ? <p className="mt-1 break-words text-fail text-xs">{check.error}</p> : null}
    </li>
  );
}
