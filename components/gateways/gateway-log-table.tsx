"use client";

import { callerKindOf, callerOf } from "#components/requests/callers.ts";
import { DecisionPill } from "#components/requests/decision-pill.tsx";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { subjectOf } from "#components/requests/outcomes.ts";
import { cn } from "#components/ui/class-names.ts";
import { formatDuration, NO_NUMBER } from "#components/ui/numbers.ts";
import { isPlainClick } from "#components/ui/plain-click.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { GatewayLogRow } from "#lib/contract/index.ts";

const COLUMNS = [
  { label: "Time", shown: "hidden sm:table-cell" },
  { label: "Decision", shown: "hidden sm:table-cell" },
  { label: "Method · tool", shown: "" },
  { label: "Caller", shown: "hidden md:table-cell" },
  { label: "Server", shown: "hidden lg:table-cell" },
  { label: "Duration", shown: "hidden sm:table-cell", numeric: true },
] as const;

interface GatewayLogTableProps {
  rows: readonly GatewayLogRow[];
  /** Opened in the drawer. */
  openId: string | null;
  hrefOf: (row: GatewayLogRow) => string;
  onOpen: (row: GatewayLogRow) => void;
}

/** One row per message that came to the gateway, with what was decided about it. */
export function GatewayLogTable({ rows, openId, hrefOf, onOpen }: GatewayLogTableProps) {
  return (
    <Table label="Decisions">
      <GatewayLogTableHead />
      <TableBody>
        {rows.map((row) => (
          <TableRow
            key={row.id}
            data-open={row.requestId === openId || undefined}
            className="relative transition-colors focus-within:bg-raised/60 hover:bg-raised/60 data-[open]:bg-accent-soft"
          >
            <TableCell className={cn("font-mono text-muted text-xs", COLUMNS[0].shown)}>
              <Time value={row.timestamp} display="datetime" />
            </TableCell>
            <TableCell className={cn("w-px max-w-56", COLUMNS[1].shown)}>
              <Verdict row={row} />
            </TableCell>
            <TableCell className="max-w-0 sm:max-w-52 lg:max-w-80">
              <span className="mb-1 flex items-center gap-2 sm:hidden">
                <Verdict row={row} />
                <span className="ml-auto text-faint text-xs">{formatDuration(row.durationMs)}</span>
              </span>
              <a
                data-row
                href={hrefOf(row)}
                onClick={(event) => {
                  if (!isPlainClick(event)) return;
                  event.preventDefault();
                  onOpen(row);
                }}
                className="block truncate rounded-sm font-mono text-xs after:absolute after:inset-0"
              >
                <Subject row={row} />
              </a>
              <span className="flex gap-x-2 text-muted text-xs md:hidden">
                <span className="min-w-0 truncate">{row.decision ? callerOf(row.decision) : ""}</span>
                <Time
                  value={row.timestamp}
                  display="datetime"
                  className="ml-auto shrink-0 text-faint sm:hidden"
                />
              </span>
            </TableCell>
            <TableCell className={cn("max-w-44 truncate", COLUMNS[3].shown)}>
              {row.decision ? (
                <span className={cn(row.decision.principal === null && "text-muted")}>
                  {callerOf(row.decision)}{" "}
                  <span className="text-faint text-xs">{callerKindOf(row.decision)}</span>
                </span>
              ) : (
                <span className="text-faint">{NO_NUMBER}</span>
              )}
            </TableCell>
            <TableCell className={cn("max-w-40 truncate text-muted", COLUMNS[4].shown)}>
              {row.serverName ?? row.serverId}
            </TableCell>
            <TableCell numeric className={COLUMNS[5].shown}>
              {formatDuration(row.durationMs)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** What was decided; where that was not kept, how it ended. */
function Verdict({ row }: { row: GatewayLogRow }) {
  return row.decision ? <DecisionPill reason={row.decision.reason} /> : <OutcomePill outcome={row.outcome} />;
}

/** `tools/call · get_ticket`; what was turned away before it was read has no method. */
function Subject({ row }: { row: GatewayLogRow }) {
  if (row.tool === null) return <span className="text-muted">{withSigns(subjectOf(row))}</span>;
  return (
    <>
      <span className="text-muted">{row.method} · </span>
      {withSigns(row.tool)}
    </>
  );
}

function GatewayLogTableHead() {
  return (
    <TableHead>
      <TableRow>
        {COLUMNS.map((column) => (
          <TableHeader
            key={column.label}
            {...("numeric" in column ? { numeric: true } : {})}
            className={column.shown}
          >
            {column.label}
          </TableHeader>
        ))}
      </TableRow>
    </TableHead>
  );
}

const ROWS_OF_SKELETON = 12;

/** The table's shape while it loads. */
export function GatewayLogTableSkeleton() {
  return (
    <Table label="Decisions are loading" aria-busy="true">
      <GatewayLogTableHead />
      <TableBody>
        {Array.from({ length: ROWS_OF_SKELETON }, (_, row) => `row-${row}`).map((row) => (
          <TableRow key={row}>
            {COLUMNS.map((column) => (
              <TableCell
                key={column.label}
                {...("numeric" in column ? { numeric: true } : {})}
                className={column.shown}
              >
                <Skeleton className={"numeric" in column ? "w-12" : "w-24"} />
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
