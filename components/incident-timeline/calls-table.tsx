import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { OutcomePill } from "#components/requests/outcome-pill.tsx";
import { formatDuration } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { IncidentTimeline } from "#lib/contract/incidents.ts";
import { HopTrail } from "./hop-trail.tsx";

type Call = IncidentTimeline["calls"][number];

interface CallsTableProps {
  calls: readonly Call[];
  /** The request that stands out on the lanes. */
  focus?: string | null;
  /** Where a call is looked at; null where it is not, as on a page for people without an account. */
  hrefOf: ((call: Call) => string | null) | null;
  onFocus?: (requestId: string) => void;
}

/** Calls of an incident: how each ended, how far it provably came, how long each hop took, and what is missing of it. */
export function CallsTable({ calls, focus = null, hrefOf, onFocus }: CallsTableProps) {
  return (
    <Table label="Calls">
      <TableHead>
        <TableRow className="relative">
          <TableHeader>Time</TableHeader>
          <TableHeader>Tool</TableHeader>
          <TableHeader className="hidden sm:table-cell">Outcome</TableHeader>
          <TableHeader className="hidden sm:table-cell">Last hop seen</TableHeader>
          <TableHeader numeric className="hidden sm:table-cell">
            Duration
          </TableHeader>
          <TableHeader numeric className="hidden sm:table-cell">
            Upstream
          </TableHeader>
          <TableHeader>
            <span className="sr-only">Ways on</span>
          </TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {calls.map((call) => {
          const href = hrefOf?.(call) ?? null;
          return (
            <TableRow
              key={call.requestId}
              data-open={call.requestId === focus || undefined}
              className="relative data-[open]:bg-accent-soft"
            >
              <TableCell className="align-top font-mono text-muted text-xs sm:align-middle">
                <Time value={call.at} display="clock-ms" />
              </TableCell>
              <TableCell className="min-w-36 whitespace-normal">
                <span className="break-all font-mono text-xs">{withSigns(call.tool ?? "no tool")}</span>
                <span className="mt-1 grid justify-items-start gap-1 sm:hidden">
                  <OutcomePill outcome={call.outcome} />
                  <HopTrail last={call.lastHop} />
                  <span className="text-muted text-xs">{formatDuration(call.durationMs)}</span>
                </span>
                {call.gap === null ? null : (
                  <span className="mt-0.5 flex items-start gap-1.5 text-warn text-xs">
                    <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
                    <span className="min-w-0 break-words">{withSigns(call.gap)}</span>
                  </span>
                )}
              </TableCell>
              <TableCell className="hidden sm:table-cell">
                <OutcomePill outcome={call.outcome} />
              </TableCell>
              <TableCell className="hidden sm:table-cell">
                <HopTrail last={call.lastHop} />
              </TableCell>
              <TableCell numeric className="hidden sm:table-cell">
                {formatDuration(call.durationMs)}
              </TableCell>
              <TableCell numeric className="hidden text-muted sm:table-cell">
                {formatDuration(call.upstreamMs)}
              </TableCell>
              <TableCell className="text-right">
                {onFocus ? (
                  <button
                    type="button"
                    aria-pressed={call.requestId === focus}
                    onClick={() => onFocus(call.requestId)}
                    className="rounded-sm px-1.5 text-accent text-xs hover:underline"
                  >
                    Marks
                  </button>
                ) : null}
                {href === null ? null : (
                  <Link
                    data-row={call.outcome === "ok" ? "" : "error"}
                    href={href}
                    prefetch={false}
                    className="rounded-sm px-1.5 text-accent text-xs hover:underline"
                  >
                    Open
                    <span className="sr-only"> request {call.requestId}</span>
                  </Link>
                )}
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
