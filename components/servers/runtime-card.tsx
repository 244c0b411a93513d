"use client";

import { useQuery } from "@tanstack/react-query";
import { Cpu } from "lucide-react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDuration,
  NO_NUMBER,
} from "#components/ui/numbers.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { deploymentQuery } from "#lib/client/queries/deployments.ts";
import type { RuntimeStatus } from "#lib/contract/index.ts";
import { CrashesList } from "./crashes-list.tsx";
import { RuntimeState } from "./runtime-state.tsx";
import { useServer } from "./server-context.tsx";

/** How the runtime does, per region and node. A node that does not answer is unknown, never green. */
export function RuntimeCard() {
  const { slug: org } = useOrganization();
  const server = useServer();
  const deployment = useQuery(deploymentQuery(org, server.slug));
  return (
    <Card
      title="Runtime"
      actions={
        deployment.data ? (
          <span className="text-faint text-xs">
            asked <Time value={new Date(deployment.dataUpdatedAt).toISOString()} />
          </span>
        ) : null
      }
    >
      {deployment.data === undefined ? (
        deployment.isError ? (
          <QueryError query={deployment} title="The runtime could not be asked" />
        ) : (
          <div className="grid h-18 content-center gap-2 px-4" aria-busy="true">
            <Skeleton className="w-2/3" />
            <Skeleton className="w-1/2" />
          </div>
        )
      ) : deployment.data.runtime.length === 0 ? (
        <EmptyState icon={Cpu} title="Nothing runs" className="py-8">
          A runtime starts with the first call after the server is published.
        </EmptyState>
      ) : (
        <Table label="Runtime per region and node">
          <TableHead>
            <TableRow>
              <TableHeader>State</TableHeader>
              <TableHeader>Where</TableHeader>
              <TableHeader>Version</TableHeader>
              <TableHeader>Since</TableHeader>
              <TableHeader numeric>In flight</TableHeader>
              <TableHeader numeric>Memory</TableHeader>
              <TableHeader numeric>CPU</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {deployment.data.runtime.map((runtime) => (
              <RuntimeRow
                key={`${runtime.region}/${runtime.node}/${runtime.version}`}
                runtime={runtime}
                isActive={server.status === "active"}
              />
            ))}
          </TableBody>
        </Table>
      )}
      <CrashesList />
    </Card>
  );
}

function RuntimeRow({ runtime, isActive }: { runtime: RuntimeStatus; isActive: boolean }) {
  return (
    <>
      <TableRow>
        <TableCell>
          <RuntimeState state={runtime.state} />
          {runtime.state === "stopped" && isActive ? (
            <span className="block pl-3.75 text-faint text-xs">starts on the next call</span>
          ) : null}
          {runtime.restarts > 0 ? (
            <span className="block pl-3.75 text-warn text-xs">
              {formatCounted(runtime.restarts, "restart")}
            </span>
          ) : null}
        </TableCell>
        <TableCell className="max-w-44 truncate">
          {runtime.region} <span className="text-faint">/ {runtime.node}</span>
        </TableCell>
        <TableCell className="font-mono text-xs">{runtime.version ?? NO_NUMBER}</TableCell>
        <TableCell className="text-muted">
          {runtime.since ? <Time value={runtime.since} display="short" /> : NO_NUMBER}
        </TableCell>
        <TableCell numeric>
          {runtime.state === "unknown" ? NO_NUMBER : formatCount(runtime.inFlight)}
        </TableCell>
        <TableCell numeric>{formatBytes(runtime.residentBytes)}</TableCell>
        <TableCell numeric>{formatDuration(runtime.cpuMs)}</TableCell>
      </TableRow>
      {runtime.lastExit ? (
        <tr>
          <td colSpan={7} className="px-4 pb-2 text-muted text-xs">
            Last exit <Time value={runtime.lastExit.at} />: {runtime.lastExit.reason}
          </td>
        </tr>
      ) : null}
    </>
  );
}
