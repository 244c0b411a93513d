"use client";

import { Shield } from "lucide-react";
import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatDuration, formatPercent, NO_NUMBER } from "#components/ui/numbers.ts";
import { SortHeader } from "#components/ui/sort-header.tsx";
import type { SortDirection } from "#components/ui/sorting.ts";
import { Table, TableBody, TableCell, TableHead, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ServerListItem } from "#lib/contract/index.ts";
import { CheckPill } from "./check-pill.tsx";
import { SERVER_COLUMNS } from "./server-columns.ts";
import type { ServerSort } from "./server-list-filter.ts";
import { ServerStatusPill } from "./server-status-pill.tsx";

/** An error rate from which the number is shown as failing. */
const ERROR_RATE_BAD = 0.02;

interface ServerTableProps {
  org: string;
  servers: readonly ServerListItem[];
  sort: ServerSort;
  direction: SortDirection;
  onSort: (sort: ServerSort, direction: SortDirection) => void;
}

/** One row per server. On a phone the numbers stand below the name. */
export function ServerTable({ org, servers, sort, direction, onSort }: ServerTableProps) {
  return (
    <Table label="Servers">
      <TableHead>
        <TableRow>
          {SERVER_COLUMNS.map((column) => (
            <SortHeader
              key={column.sort}
              label={column.label}
              numeric={column.numeric}
              first={column.first}
              sorted={column.sort === sort ? direction : null}
              onSort={(next) => onSort(column.sort, next)}
              className={column.wide ? "hidden md:table-cell" : undefined}
            />
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {servers.map((server) => (
          <ServerRow key={server.id} org={org} server={server} />
        ))}
      </TableBody>
    </Table>
  );
}

function ServerRow({ org, server }: { org: string; server: ServerListItem }) {
  const bad = (server.errorRate24h ?? 0) >= ERROR_RATE_BAD;
  return (
    <TableRow className="relative transition-colors focus-within:bg-raised/60 hover:bg-raised/60">
      <TableCell className="max-w-60 whitespace-normal md:max-w-80">
        <Link
          data-row
          href={`/${org}/servers/${server.slug}`}
          className="block truncate rounded-sm font-medium outline-offset-2 after:absolute after:inset-0"
        >
          {server.name}
        </Link>
        <span className="flex items-center gap-1.5 text-faint text-xs">
          <span className="truncate font-mono">{server.slug}</span>
          {server.kind === "connected" ? <Badge className="py-0">connected</Badge> : null}
          {server.gateway ? (
            // No link of its own: the row is one, and two would be too close to hit the right one.
            <span
              className="inline-flex min-w-0 items-center gap-1 text-gateway"
              title={`Behind the gateway ${server.gateway.name}`}
            >
              <Shield aria-hidden="true" className="size-3 shrink-0" />
              <span className="sr-only">Behind the gateway </span>
              <span className="truncate">{server.gateway.name}</span>
            </span>
          ) : null}
        </span>
        <span className="flex flex-wrap gap-x-2 text-muted text-xs md:hidden">
          <span>{formatCount(server.calls24h)} calls</span>
          <span className={bad ? "text-fail" : undefined}>{formatPercent(server.errorRate24h)} failed</span>
          <span>p95 {formatDuration(server.p95Ms24h)}</span>
        </span>
      </TableCell>
      <TableCell>
        <ServerStatusPill status={server.status} />
      </TableCell>
      <TableCell className="hidden md:table-cell">
        {server.activeVersion ? (
          <span className="font-mono text-xs">{server.activeVersion.semver}</span>
        ) : (
          <span className="text-faint">{NO_NUMBER}</span>
        )}
      </TableCell>
      <TableCell numeric className="hidden md:table-cell">
        {formatCount(server.calls24h)}
      </TableCell>
      <TableCell numeric className={cn("hidden md:table-cell", bad && "text-fail")}>
        {formatPercent(server.errorRate24h)}
      </TableCell>
      <TableCell numeric className="hidden md:table-cell">
        {formatDuration(server.p95Ms24h)}
      </TableCell>
      <TableCell className="hidden md:table-cell">
        <span className="inline-flex items-center gap-2">
          <CheckPill status={server.lastSmoke?.status ?? null} />
          {server.lastSmoke ? (
            <Time value={server.lastSmoke.at} className="relative text-faint text-xs" />
          ) : null}
        </span>
      </TableCell>
    </TableRow>
  );
}
