"use client";

import { ChartNoAxesColumn, Table2 } from "lucide-react";
import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { formatCount, formatCounted, formatPercent } from "#components/ui/numbers.ts";
import { SegmentedControl } from "#components/ui/segmented-control.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { clockTime } from "#components/ui/times.ts";
import { useHydrated } from "#components/ui/use-hydrated.ts";
import { roundCeiling } from "./chart-scale.ts";

export interface HourOfCalls {
  /** Start of the hour, RFC 3339. */
  hour: string;
  calls: number;
  errors: number;
}

const HOUR_MS = 3_600_000;

/** Calls per hour with the failed part on top; the same numbers as a table for reading and copying. */
export function CallsChart({ title, hours }: { title: string; hours: readonly HourOfCalls[] }) {
  const [view, setView] = useState<"chart" | "table">("chart");
  const hydrated = useHydrated();
  const label = (hour: string, offsetMs = 0) =>
    clockTime(new Date(Date.parse(hour) + offsetMs), hydrated ? undefined : "UTC").slice(0, 5);
  return (
    <Card
      title={title}
      actions={
        <SegmentedControl
          label="Show as"
          value={view}
          onChange={setView}
          className="h-7"
          options={[
            { value: "chart", label: <ChartNoAxesColumn aria-label="Chart" />, title: "Chart" },
            { value: "table", label: <Table2 aria-label="Table" />, title: "Table" },
          ]}
        />
      }
    >
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
  const [pointed, setPointed] = useState<number | null>(null);
  const top = roundCeiling(Math.max(0, ...hours.map((hour) => hour.calls)));
  const calls = hours.reduce((sum, hour) => sum + hour.calls, 0);
  const errors = hours.reduce((sum, hour) => sum + hour.errors, 0);
  const shown = pointed === null ? undefined : hours[pointed];
  const slot = 100 / Math.max(1, hours.length);
  return (
    <figure className="h-49 px-4 pt-3 pb-2.5">
      <figcaption className="flex h-4.5 flex-wrap gap-x-3 overflow-hidden text-muted text-xs">
        {shown ? (
          <>
            <span className="font-medium text-fg">{`${label(shown.hour)} – ${label(shown.hour, HOUR_MS)}`}</span>
            <span>{formatCounted(shown.calls, "call")}</span>
            <span
              className={shown.errors > 0 ? "text-fail" : undefined}
            >{`${formatCount(shown.errors)} failed`}</span>
          </>
        ) : (
          <>
            <span>{formatCounted(calls, "call")}</span>
            <span className={errors > 0 ? "text-fail" : undefined}>{`${formatCount(errors)} failed`}</span>
          </>
        )}
      </figcaption>
      <div className="mt-2 grid grid-cols-[minmax(0,1fr)_auto] gap-x-2">
        <svg
          className="h-31 w-full overflow-visible"
          role="img"
          aria-label={`Calls per hour: ${formatCounted(calls, "call")}, ${formatCount(errors)} failed. The table view has each hour.`}
          onPointerLeave={() => setPointed(null)}
        >
          {[0, 0.5, 1].map((share) => (
            <line
              key={share}
              x1="0"
              x2="100%"
              y1={`${share * 100}%`}
              y2={`${share * 100}%`}
              className="stroke-line-soft"
              strokeDasharray={share === 1 ? undefined : "2 3"}
            />
          ))}
          {hours.map((hour, index) => {
            const failed = (hour.errors / top) * 100;
            const whole = (hour.calls / top) * 100;
            return (
              <g key={hour.hour} onPointerEnter={() => setPointed(index)}>
                <rect
                  x={`${index * slot}%`}
                  width={`${slot}%`}
                  height="100%"
                  className={pointed === index ? "fill-raised" : "fill-transparent"}
                />
                <rect
                  x={`${index * slot + slot * 0.16}%`}
                  width={`${slot * 0.68}%`}
                  y={`${100 - whole}%`}
                  height={`${Math.max(0, whole - failed)}%`}
                  rx="1.5"
                  className="fill-accent/75"
                />
                <rect
                  x={`${index * slot + slot * 0.16}%`}
                  width={`${slot * 0.68}%`}
                  y={`${100 - failed}%`}
                  height={hour.errors > 0 ? `max(2px, ${failed}%)` : "0"}
                  className="fill-fail"
                />
              </g>
            );
          })}
        </svg>
        <div
          aria-hidden="true"
          className="-my-2 flex flex-col justify-between text-right text-2xs text-faint"
        >
          <span>{formatCount(top)}</span>
          <span>{formatCount(top / 2)}</span>
          <span>0</span>
        </div>
      </div>
      <div aria-hidden="true" className="mt-2 flex justify-between pr-8 text-2xs text-faint">
        {hours
          .filter((_, index) => index % 6 === 0)
          .map((hour) => (
            <span key={hour.hour}>{label(hour.hour)}</span>
          ))}
        <span>now</span>
      </div>
    </figure>
  );
}
