"use client";

import { Badge } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatBytes, formatDuration, NO_NUMBER } from "#components/ui/numbers.ts";
import { isPlainClick } from "#components/ui/plain-click.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { RequestRow } from "#lib/contract/index.ts";
import { OutcomePill } from "./outcome-pill.tsx";
import { clientOf, SOURCE_LABELS, subjectOf } from "./outcomes.ts";

interface Column {
  readonly label: string;
  readonly numeric?: true;
  /** Shown on wide screens only, or from a medium one on. */
  readonly from?: "wide" | "medium";
}

const COLUMNS: readonly Column[] = [
  { label: "Time", from: "medium" },
  { label: "Outcome" },
  { label: "Tool or method" },
  { label: "Client", from: "wide" },
  { label: "Source", from: "wide" },
  { label: "Duration", numeric: true, from: "medium" },
  { label: "In", numeric: true, from: "wide" },
  { label: "Out", numeric: true, from: "wide" },
];

const shownFrom = ({ from }: Column): string | false =>
  (from === "wide" && "hidden lg:table-cell") || (from === "medium" && "hidden sm:table-cell");

interface RequestTableProps {
  rows: readonly RequestRow[];
  /** Opened in the drawer. */
  openId: string | null;
  hrefOf: (row: RequestRow) => string;
  onOpen: (row: RequestRow) => void;
}

/** One row per message that passed. */
export function RequestTable({ rows, openId, hrefOf, onOpen }: RequestTableProps) {
  return (
    <Table label="Requests">
      <RequestTableHead />
      <TableBody>
        {rows.map((row) => (
          <TableRow
            key={row.id}
            data-open={row.requestId === openId || undefined}
            className="relative transition-colors focus-within:bg-raised/60 hover:bg-raised/60 data-[open]:bg-accent-soft"
          >
            <TableCell className="hidden font-mono text-muted text-xs sm:table-cell">
              <Time value={row.timestamp} display="datetime" />
            </TableCell>
            <TableCell className="w-px align-top sm:align-middle">
              <OutcomePill outcome={row.outcome} />
            </TableCell>
            <TableCell className="max-w-0 sm:max-w-52 lg:w-full lg:max-w-0">
              <a
                data-row={row.level}
                href={hrefOf(row)}
                onClick={(event) => {
                  if (!isPlainClick(event)) return;
                  event.preventDefault();
                  onOpen(row);
                }}
                className={cn(
                  "block truncate rounded-sm font-mono text-xs after:absolute after:inset-0",
                  row.tool === null && "text-muted",
                )}
              >
                {withSigns(subjectOf(row))}
                {row.kind === "probe" && row.method !== null ? (
                  <Badge className="ml-2 font-sans">probe</Badge>
                ) : null}
              </a>
              <span className="flex gap-x-2 text-muted text-xs sm:hidden">
                <Time value={row.timestamp} display="datetime" />
                <span>{formatDuration(row.durationMs)}</span>
              </span>
              {row.error ? (
                <span className="block truncate text-fail text-xs">{withSigns(row.error)}</span>
              ) : null}
            </TableCell>
            <TableCell className="hidden max-w-44 truncate text-muted lg:table-cell">
              <ClientName name={clientOf(row)} />
            </TableCell>
            <TableCell className="hidden max-w-36 truncate text-muted lg:table-cell">
              {row.agentId === null
                ? (SOURCE_LABELS[row.source] ?? row.source)
                : withSigns(row.decision?.principalName ?? row.agentId)}
            </TableCell>
            <TableCell numeric className="hidden sm:table-cell">
              {formatDuration(row.durationMs)}
            </TableCell>
            <TableCell numeric className="hidden text-muted lg:table-cell">
              {row.requestBytes === 0 ? NO_NUMBER : formatBytes(row.requestBytes)}
            </TableCell>
            <TableCell numeric className="hidden text-muted lg:table-cell">
              {row.responseBytes === 0 ? NO_NUMBER : formatBytes(row.responseBytes)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

const ClientName = ({ name }: { name: string | null }) =>
  name === null ? <span className="italic">unknown</span> : withSigns(name);

function RequestTableHead() {
  return (
    <TableHead>
      <TableRow>
        {COLUMNS.map((column) => (
          <TableHeader
            key={column.label}
            {...(column.numeric ? { numeric: true } : {})}
            className={cn(shownFrom(column))}
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
export function RequestTableSkeleton() {
  return (
    <Table label="Requests are loading" aria-busy="true">
      <RequestTableHead />
      <TableBody>
        {Array.from({ length: ROWS_OF_SKELETON }, (_, row) => `row-${row}`).map((row) => (
          <TableRow key={row}>
            {COLUMNS.map((column) => (
              <TableCell
                key={column.label}
                {...(column.numeric ? { numeric: true } : {})}
                className={cn(shownFrom(column))}
              >
                <Skeleton className={column.numeric ? "w-12" : "w-24"} />
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
