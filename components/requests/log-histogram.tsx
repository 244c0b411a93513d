"use client";

import { useQuery } from "@tanstack/react-query";
import { ChartNoAxesColumn, Table2, ZoomOut } from "lucide-react";
import { useState } from "react";
import { countOf, LevelHistogram } from "#components/charts/level-histogram.tsx";
import { useServer } from "#components/servers/server-context.tsx";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/class-names.ts";
import { formatCount } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { histogramQuery, LIVE_COUNTS_POLL_MS } from "#lib/client/queries/logs.ts";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import type { Histogram } from "#lib/contract/index.ts";
import { HistogramSkeleton } from "./histogram-skeleton.tsx";

const BARS = 90;

interface LogHistogramProps {
  view: RequestLogView;
  isLive: boolean;
  onZoom: (window: { from: string; to: string }) => void;
  /** Back to the window before the zoom; null when there was none. */
  onReset: (() => void) | null;
}

/** When did it happen, and how bad was it? The same counts as a table for reading and copying. */
export function LogHistogram({ view, isLive, onZoom, onReset }: LogHistogramProps) {
  const { slug: org } = useOrganization();
  const server = useServer();
  const [isTable, setTable] = useState(false);
  const counts = useQuery({
    ...histogramQuery(org, server.slug, view, BARS),
    placeholderData: (before) => before,
    refetchInterval: isLive ? LIVE_COUNTS_POLL_MS : false,
  });
  const noun = view.log === "console" ? "line" : "request";
  if (counts.data === undefined) {
    return counts.isError ? (
      <QueryError query={counts} title="The histogram could not be loaded" className="py-2" />
    ) : (
      <HistogramSkeleton />
    );
  }
  const { countedBackTo } = counts.data;
  return (
    <div className={cn("relative", counts.isPlaceholderData && "opacity-60 transition-opacity")}>
      <div className="absolute top-1 right-2 z-10 flex items-center gap-1 bg-surface pl-2">
        {countedBackTo === null ? null : (
          <span className="text-warn text-xs">
            counted back to <Time value={countedBackTo} display="short" />
          </span>
        )}
        {onReset ? (
          <Button size="sm" variant="ghost" className="h-6 px-1.5" onClick={onReset}>
            <ZoomOut aria-hidden="true" />
            Reset zoom
          </Button>
        ) : null}
        <Button
          size="icon-sm"
          variant="ghost"
          className="size-6"
          aria-label={isTable ? "Show as chart" : "Show as table"}
          title={isTable ? "Show as chart" : "Show as table"}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? <ChartNoAxesColumn aria-hidden="true" /> : <Table2 aria-hidden="true" />}
        </Button>
      </div>
      {isTable ? (
        <CountsTable histogram={counts.data} noun={noun} />
      ) : (
        <LevelHistogram histogram={counts.data} noun={noun} onZoom={onZoom} />
      )}
    </div>
  );
}

function CountsTable({ histogram, noun }: { histogram: Histogram; noun: string }) {
  const counted = histogram.bars.filter((bar) => countOf(bar) > 0);
  return (
    <div className="h-29 overflow-y-auto pr-10 sm:h-33">
      <Table label={`Number of ${noun}s over time`}>
        <TableHead className="sticky top-0 bg-surface">
          <TableRow>
            <TableHeader>From</TableHeader>
            <TableHeader numeric>Error</TableHeader>
            <TableHeader numeric>Warn</TableHeader>
            <TableHeader numeric>Info</TableHeader>
            <TableHeader numeric>Debug</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {counted.toReversed().map((bar) => (
            <TableRow key={bar.at}>
              <TableCell>
                <Time value={bar.at} display="datetime" />
              </TableCell>
              <TableCell numeric className={bar.error > 0 ? "text-fail" : "text-faint"}>
                {formatCount(bar.error)}
              </TableCell>
              <TableCell numeric>{formatCount(bar.warn)}</TableCell>
              <TableCell numeric>{formatCount(bar.info)}</TableCell>
              <TableCell numeric>{formatCount(bar.debug)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
