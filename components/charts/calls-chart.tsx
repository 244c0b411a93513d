"use client";

import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { formatCount, formatCounted, formatPercent } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { clockTime } from "#components/ui/times.ts";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { BarFigure } from "./bar-figure.tsx";
import { ChartOrTable, type ChartView } from "./chart-or-table.tsx";

export interface HourOfCalls {
  /** Start of the hour, RFC 3339. */
  hour: string;
  calls: number;
  errors: number;
}

const HOUR_MS = 3_600_000;

/** Calls per hour with the failed part on top; the same numbers as a table for reading and copying. */
export function CallsChart({ title, hours }: { title: string; hours: readonly HourOfCalls[] }) {
  const [view, setView] = useState<ChartView>("chart");
  const hydrated = useHydrated();
  const label = (hour: string, offsetMs = 0) =>
    clockTime(new Date(Date.parse(hour) + offsetMs), hydrated ? undefined : "UTC").slice(0, 5);
  return (
    <Card title={title} actions={<ChartOrTable value={view} onChange={setView} />}>
      {view === "chart" ? (
        <Bars hours={hours} label={label} />
      ) : (
        <div className="h-49 overflow-y-auto">
          <Table label={title}>
            <TableHead className="sticky top-0 bg-surface">
              <TableRow>
                <TableHeader>Hour</TableHeader>
                <TableHeader numeric>Calls</TableHeader>
                <TableHeader numeric>Failed</TableHeader>
                <TableHeader numeric>Error rate</TableHeader>
              </TableRow>
            </TableHead>
            <TableBody>
              {hours.toReversed().map((hour) => (
                <TableRow key={hour.hour}>
                  <TableCell>{`${label(hour.hour)} – ${label(hour.hour, HOUR_MS)}`}</TableCell>
                  <TableCell numeric>{formatCount(hour.calls)}</TableCell>
                  <TableCell numeric className={hour.errors > 0 ? "text-fail" : "text-faint"}>
                    {formatCount(hour.errors)}
                  </TableCell>
                  <TableCell numeric>
                    {formatPercent(hour.calls > 0 ? hour.errors / hour.calls : null)}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
    </Card>
  );
}

function Bars({
  hours,
  label,
}: {
  hours: readonly HourOfCalls[];
  label: (hour: string, offsetMs?: number) => string;
}) {
  const calls = hours.reduce((sum, hour) => sum + hour.calls, 0);
  const errors = hours.reduce((sum, hour) => sum + hour.errors, 0);
  return (
    <BarFigure
      label={`Calls per hour: ${formatCounted(calls, "call")}, ${formatCount(errors)} failed. The table view has each hour.`}
      caption={<Counts calls={calls} errors={errors} />}
      format={formatCount}
      bars={hours.map((hour) => ({
        key: hour.hour,
        value: hour.calls,
        bad: hour.errors,
        caption: (
          <>
            <span className="font-medium text-fg">{`${label(hour.hour)} – ${label(hour.hour, HOUR_MS)}`}</span>
            <Counts calls={hour.calls} errors={hour.errors} />
          </>
        ),
      }))}
      axis={[
        ...hours
          .filter((_, index) => index % 6 === 0)
          .map((hour) => ({ key: hour.hour, text: label(hour.hour) })),
        { key: "now", text: "now" },
      ]}
    />
  );
}

const Counts = ({ calls, errors }: { calls: number; errors: number }) => (
  <>
    <span>{formatCounted(calls, "call")}</span>
    <span className={errors > 0 ? "text-fail" : undefined}>{`${formatCount(errors)} failed`}</span>
  </>
);
