"use client";

import { useState } from "react";
import { BarFigure } from "#components/charts/bar-figure.tsx";
import { ChartOrTable, type ChartView } from "#components/charts/chart-or-table.tsx";
import { Card } from "#components/ui/card.tsx";
import { Money } from "#components/ui/money.tsx";
import { moneyText } from "#components/ui/money-text.ts";
import { formatBytes, formatCount, formatCounted, formatDuration } from "#components/ui/numbers.ts";
import { Select } from "#components/ui/select.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { shortTime } from "#components/ui/times.ts";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { useNow } from "#components/ui/use-now.ts";
import type { UsageReport } from "#lib/contract/index.ts";
import { MICROS_PER_USD } from "#lib/kernel/money.ts";

type Span = UsageReport["series"][number];
const MEASURES = ["calls", "responseBytes", "p95Ms", "spent"] as const;
type Measure = (typeof MEASURES)[number];

interface MeasureLook {
  readonly label: string;
  /** A height; amounts become numbers only here, where a pixel is the limit. */
  value(span: Span): number;
  bad(span: Span): number;
  text(span: Span): string;
  axis(value: number): string;
}

const nothing = () => 0;
const usdOf = (micros: string): number => Number(BigInt(micros)) / Number(MICROS_PER_USD);
const LOOK: Readonly<Record<Measure, MeasureLook>> = {
  calls: {
    label: "Tool calls",
    value: ({ calls }) => calls,
    bad: ({ errors }) => errors,
    text: ({ calls, errors }) => `${formatCounted(calls, "call")}, ${formatCounted(errors, "error")}`,
    axis: formatCount,
  },
  responseBytes: {
    label: "Response sizes",
    value: ({ responseBytes }) => responseBytes,
    bad: nothing,
    text: ({ responseBytes }) => formatBytes(responseBytes),
    axis: formatBytes,
  },
  p95Ms: {
    label: "Latency p95",
    value: ({ p95Ms }) => p95Ms ?? 0,
    bad: nothing,
    text: ({ p95Ms }) => formatDuration(p95Ms),
    axis: formatDuration,
  },
  spent: {
    label: "Spent",
    value: ({ spentMicros }) => usdOf(spentMicros) * 1_000_000,
    bad: nothing,
    text: ({ spentMicros }) => moneyText(spentMicros),
    axis: (value) => moneyText(BigInt(Math.round(value))),
  },
};

const AXIS_LABELS = 5;

/** Use over time by one measure; the same numbers, and all measures, as a table. */
export function UsageChart({
  report,
  title = "Over time",
}: {
  report: Pick<UsageReport, "series" | "spanMinutes">;
  title?: string;
}) {
  const [view, setView] = useState<ChartView>("chart");
  const [measure, setMeasure] = useState<Measure>("calls");
  const timeOf = useSpanTimes(report.spanMinutes);
  const { series } = report;
  return (
    <Card
      title={title}
      aside={<span className="text-faint text-xs">{perSpan(report.spanMinutes)}</span>}
      actions={
        <>
          {view === "chart" ? (
            <Select
              aria-label="Measure"
              className="text-xs [&_select]:h-7"
              value={measure}
              onChange={(event) =>
                setMeasure(MEASURES.find((known) => known === event.target.value) ?? "calls")
              }
            >
              {MEASURES.map((known) => (
                <option key={known} value={known}>
                  {LOOK[known].label}
                </option>
              ))}
            </Select>
          ) : null}
          <ChartOrTable value={view} onChange={setView} />
        </>
      }
    >
      {view === "chart" ? (
        <Bars series={series} look={LOOK[measure]} timeOf={timeOf} />
      ) : (
        <div className="h-49 overflow-y-auto">
          <SeriesTable title={title} series={series} timeOf={timeOf} />
        </div>
      )}
    </Card>
  );
}

function Bars({ series, look, timeOf }: { series: readonly Span[]; look: MeasureLook; timeOf: SpanTime }) {
  const most = series.reduce<Span | undefined>(
    (highest, span) => (highest === undefined || look.value(span) > look.value(highest) ? span : highest),
    undefined,
  );
  const peak = most === undefined || look.value(most) === 0 ? null : most;
  const places = Array.from({ length: AXIS_LABELS }, (_, index) =>
    Math.round((index / (AXIS_LABELS - 1)) * Math.max(0, series.length - 1)),
  );
  return (
    <BarFigure
      label={`${look.label}: ${peak === null ? "none" : `at most ${look.text(peak)} at ${timeOf(peak)}`}. The table view has each span.`}
      caption={
        peak === null ? (
          <span>Nothing in this window</span>
        ) : (
          <span>
            At most {look.text(peak)}, {timeOf(peak)}
          </span>
        )
      }
      format={look.axis}
      bars={series.map((span) => ({
        key: span.start,
        value: look.value(span),
        bad: look.bad(span),
        caption: (
          <>
            <span className="font-medium text-fg">{timeOf(span)}</span>
            <span>{look.text(span)}</span>
          </>
        ),
      }))}
      axis={[...new Set(places)].flatMap((place) => {
        const span = series[place];
        return span === undefined ? [] : [{ key: span.start, text: timeOf(span) }];
      })}
    />
  );
}

interface SeriesTableProps {
  title: string;
  series: readonly Span[];
  timeOf: SpanTime;
}

function SeriesTable({ title, series, timeOf }: SeriesTableProps) {
  return (
    <Table label={title}>
      <TableHead className="sticky top-0 bg-surface">
        <TableRow>
          <TableHeader>From</TableHeader>
          <TableHeader numeric>Calls</TableHeader>
          <TableHeader numeric>Errors</TableHeader>
          <TableHeader numeric>p95</TableHeader>
          <TableHeader numeric>Responses</TableHeader>
          <TableHeader numeric>Spent</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {series.toReversed().map((span) => (
          <TableRow key={span.start}>
            <TableCell>{timeOf(span)}</TableCell>
            <TableCell numeric>{formatCount(span.calls)}</TableCell>
            <TableCell numeric className={span.errors > 0 ? "text-fail" : "text-faint"}>
              {formatCount(span.errors)}
            </TableCell>
            <TableCell numeric>{formatDuration(span.p95Ms)}</TableCell>
            <TableCell numeric>{formatBytes(span.responseBytes)}</TableCell>
            <TableCell numeric>
              <Money micros={span.spentMicros} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

type SpanTime = (span: Pick<Span, "start">) => string;
const DAY_MINUTES = 1_440;

/** When a span begins: days and weeks are days in UTC, hours are the reader's. */
function useSpanTimes(spanMinutes: number): SpanTime {
  const hydrated = useHydrated();
  const now = new Date(useNow());
  if (spanMinutes >= DAY_MINUTES)
    return ({ start }) => shortTime(new Date(start), "UTC", new Date(0)).split(",")[0] ?? start;
  return ({ start }) => shortTime(new Date(start), hydrated ? undefined : "UTC", now);
}

function perSpan(minutes: number): string {
  if (minutes === 60) return "per hour";
  if (minutes < DAY_MINUTES) return `per ${minutes / 60} hours`;
  return minutes === DAY_MINUTES ? "per day (UTC)" : "per week (UTC)";
}
