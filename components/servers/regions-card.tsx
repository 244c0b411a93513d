"use client";

import { useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { deploymentQuery } from "#lib/client/queries/deployments.ts";
import { hostingHealthQuery } from "#lib/client/queries/hosting.ts";
import type { RegionHealth, RuntimeStatus } from "#lib/contract/index.ts";
import { CheckPill } from "./check-pill.tsx";
import { HealthState } from "./health-state.tsx";
import { RuntimeState } from "./runtime-state.tsx";
import { useServer } from "./server-context.tsx";

/** One row per region: is it up, who serves there, and what the last probe of this server found. */
export function RegionsCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const health = useQuery(hostingHealthQuery(org, server.slug));
  const { data: deployment } = useQuery(deploymentQuery(org, server.slug));
  const regions = health.data?.regions;
  const isHosted = server.kind === "hosted";
  return (
    <Card title="Regions">
      {regions === undefined ? (
        health.isError ? (
          <QueryError query={health} title="The regions could not be loaded" />
        ) : (
          <div className="grid h-18 content-center gap-2 px-4" aria-busy="true">
            <Skeleton className="w-2/3" />
            <Skeleton className="w-1/2" />
          </div>
        )
      ) : regions.length === 0 ? (
        <EmptyState icon={Globe} title="No edge has reported yet" className="py-8">
          Every edge that starts says which region it is in. Without one, nothing answers calls.
        </EmptyState>
      ) : (
        <>
          {health.isError ? (
            <div className="border-b p-2">
              <StaleNotice query={health} />
            </div>
          ) : null}
          <Table label="Health per region">
            <TableHead>
              <TableRow>
                <TableHeader>Region</TableHeader>
                <TableHeader>Last probe</TableHeader>
                <TableHeader>Nodes</TableHeader>
                {isHosted ? <TableHeader>Runtime</TableHeader> : null}
              </TableRow>
            </TableHead>
            <TableBody>
              {regions.map((region) => (
                <RegionRow
                  key={region.region}
                  health={region}
                  runtimes={
                    isHosted
                      ? (deployment?.runtime.filter((runtime) => runtime.region === region.region) ?? [])
                      : null
                  }
                />
              ))}
            </TableBody>
          </Table>
        </>
      )}
    </Card>
  );
}

const NODE_STATES = ["live", "silent", "stopped"] as const;

interface RegionRowProps {
  health: RegionHealth;
  /** Those in this region; null when nothing of the server runs here at all. */
  runtimes: readonly RuntimeStatus[] | null;
}

function RegionRow({ health, runtimes }: RegionRowProps) {
  const { lastProbe: probe } = health;
  const counts = NODE_STATES.map((state) => ({
    state,
    count: health.nodes.filter((node) => node.state === state).length,
  })).filter(({ count }) => count > 0);
  const heartbeat = health.nodes
    .map(({ heartbeatAt }) => heartbeatAt)
    .sort()
    .at(-1);
  const states = runtimes && [...new Set(runtimes.map(({ state }) => state))];
  return (
    <>
      <TableRow>
        <TableCell>
          <span className="block font-mono text-xs">{health.region}</span>
          <HealthState state={health.state} />
        </TableCell>
        <TableCell>
          {probe ? (
            <>
              <CheckPill status={probe.status} />
              <span className="block text-faint text-xs">
                <Time value={probe.at} /> · {formatDuration(probe.durationMs)}
              </span>
            </>
          ) : (
            <span className="text-muted">never probed</span>
          )}
        </TableCell>
        <TableCell
          title={health.nodes.map(({ node, version, state }) => `${node} ${version}: ${state}`).join("\n")}
        >
          <span className="block">
            {counts.map(({ state, count }, index) => (
              <span key={state} className={state === "silent" ? "text-warn" : undefined}>
                {index > 0 ? " · " : ""}
                {count} {state}
              </span>
            ))}
          </span>
          <span className="text-faint text-xs">
            {heartbeat ? (
              <>
                heartbeat <Time value={heartbeat} />
              </>
            ) : (
              "no heartbeat yet"
            )}
          </span>
        </TableCell>
        {states === null ? null : (
          <TableCell>
            {states.length === 0 ? (
              <span className="text-muted">nothing runs</span>
            ) : (
              <span className="grid">
                {states.map((state) => (
                  <RuntimeState key={state} state={state} />
                ))}
              </span>
            )}
          </TableCell>
        )}
      </TableRow>
      {probe && probe.status !== "passed" && probe.failedStep ? (
        <tr>
          <td colSpan={4} className="px-4 pb-2 text-xs">
            <span className={probe.status === "failed" ? "text-fail" : "text-warn"}>
              <span className="font-mono">{probe.failedStep}</span>
              {probe.detail ? `: ${probe.detail}` : null}
            </span>
          </td>
        </tr>
      ) : null}
    </>
  );
}
