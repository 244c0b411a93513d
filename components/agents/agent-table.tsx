"use client";

import Link from "next/link";
import { cn } from "#components/ui/class-names.ts";
import { formatCount, formatCounted } from "#components/ui/numbers.ts";
import { SortHeader } from "#components/ui/sort-header.tsx";
import type { SortDirection } from "#components/ui/sorting.ts";
import { Table, TableBody, TableCell, TableHead, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import type { AgentListItem } from "#lib/contract/index.ts";
import { AGENT_COLUMNS, shownFrom } from "./agent-columns.ts";
import type { AgentSort } from "./agent-list-filter.ts";
import { AgentStatusPill } from "./agent-status-pill.tsx";
import { SpendOfCap } from "./spend-of-cap.tsx";

interface AgentTableProps {
  org: string;
  agents: readonly AgentListItem[];
  sort: AgentSort;
  direction: SortDirection;
  onSort: (sort: AgentSort, direction: SortDirection) => void;
}

/** One row per agent. On a phone the numbers stand below the name. */
export function AgentTable({ org, agents, sort, direction, onSort }: AgentTableProps) {
  return (
    <Table label="Agents">
      <TableHead>
        <TableRow>
          {AGENT_COLUMNS.map((column) => (
            <SortHeader
              key={column.sort}
              label={column.label}
              numeric={column.numeric}
              first={column.first}
              sorted={column.sort === sort ? direction : null}
              onSort={(next) => onSort(column.sort, next)}
              className={shownFrom(column)}
            />
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {agents.map((agent) => (
          <AgentRow key={agent.id} href={`/${org}/agents/${agent.id}`} agent={agent} />
        ))}
      </TableBody>
    </Table>
  );
}

function AgentRow({ href, agent }: { href: string; agent: AgentListItem }) {
  return (
    <TableRow className="relative transition-colors focus-within:bg-raised/60 hover:bg-raised/60">
      <TableCell className="max-w-52 whitespace-normal sm:max-w-72">
        <Link
          data-row
          href={href}
          className="block truncate rounded-sm font-medium outline-offset-2 after:absolute after:inset-0"
        >
          {agent.name}
        </Link>
        <span className="block truncate font-mono text-faint text-xs">{agent.id}</span>
        <span className="mt-1 grid gap-1 text-muted text-xs sm:hidden">
          <span>
            {formatCounted(agent.calls24h, "call")}, {formatCounted(agent.errors24h, "error")} in 24 h
          </span>
          <SpendOfCap spentMicros={agent.spentMicros} capMicros={agent.capMicros} />
        </span>
      </TableCell>
      <TableCell className="align-top sm:align-middle">
        <AgentStatusPill agent={agent} />
      </TableCell>
      <TableCell numeric className={cn("hidden lg:table-cell", agent.serverCount === 0 && "text-warn")}>
        {agent.serverCount === 0 ? "none" : formatCount(agent.serverCount)}
      </TableCell>
      <TableCell numeric className={cn("hidden lg:table-cell", agent.keyCount === 0 && "text-warn")}>
        {agent.keyCount === 0 ? "none" : formatCount(agent.keyCount)}
      </TableCell>
      <TableCell numeric className="hidden sm:table-cell">
        {formatCount(agent.calls24h)}
      </TableCell>
      <TableCell numeric className={cn("hidden sm:table-cell", agent.errors24h === 0 && "text-muted")}>
        {formatCount(agent.errors24h)}
      </TableCell>
      <TableCell className="hidden sm:table-cell">
        <SpendOfCap spentMicros={agent.spentMicros} capMicros={agent.capMicros} />
      </TableCell>
      <TableCell className="hidden text-muted lg:table-cell">
        {agent.lastCallAt ? <Time value={agent.lastCallAt} className="relative" /> : "never"}
      </TableCell>
    </TableRow>
  );
}
