"use client";

import { ChartColumn } from "lucide-react";
import { lookOfOutcome } from "#components/requests/outcomes.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Money } from "#components/ui/money.tsx";
import { formatCount, formatDuration } from "#components/ui/numbers.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#components/ui/table.tsx";
import { withSigns } from "#lib/client/log-stream/signs.ts";
import type { UsageReport } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";

type Group = UsageReport["groups"][number];
const HEADS = ["Calls", "Errors", "p95", "Spent"];

/** One row per value of the dimension, biggest change first, and their sum. */
export function UsageBreakdown({ report }: { report: UsageReport }) {
  if (report.totals.calls === 0 && report.groups.length === 0)
    return (
      <EmptyState icon={ChartColumn} title="No calls in this window" className="py-7">
        Choose a longer one, or have the agent call a tool.
      </EmptyState>
    );
  const sum = sumOf(report);
  return (
    <>
      <Table label="Usage">
        <TableHead>
          <TableRow>
            <TableHeader className="capitalize">{report.by}</TableHeader>
            {HEADS.map((head) => (
              <TableHeader key={head} numeric className={head === "p95" ? "hidden sm:table-cell" : undefined}>
                {head}
              </TableHeader>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {report.groups.map((group) => (
            <GroupRow key={group.key} group={group} name={nameOf(report.by, group)} />
          ))}
          <GroupRow group={sum} name="All" isSum />
        </TableBody>
      </Table>
      {report.groupsAreCapped ? (
        <p className="border-t px-4 py-2 text-muted text-xs">The rest is counted together as other.</p>
      ) : null}
    </>
  );
}

function GroupRow({ group, name, isSum = false }: { group: Group; name: string; isSum?: boolean }) {
  const { now } = group;
  return (
    <TableRow className={isSum ? "font-medium" : undefined}>
      <TableCell className="w-full max-w-0 truncate" title={name}>
        {withSigns(name)}
      </TableCell>
      <TableCell numeric>
        {formatCount(now.calls)}
        <Change count={group.callsChange} />
      </TableCell>
      <TableCell numeric className={now.errors === 0 ? "text-muted" : undefined}>
        {formatCount(now.errors)}
      </TableCell>
      <TableCell numeric className="hidden text-muted sm:table-cell">
        {formatDuration(now.p95Ms)}
      </TableCell>
      <TableCell numeric>
        <Money micros={now.spentMicros} />
        {group.spentChangeMicros === null || group.spentChangeMicros === "0" ? null : (
          <span className="block font-normal text-faint text-xs">
            <Money micros={group.spentChangeMicros} sign="always" />
          </span>
        )}
      </TableCell>
    </TableRow>
  );
}

const Change = ({ count }: { count: number | null }) =>
  count === null || count === 0 ? null : (
    <span className="block font-normal text-faint text-xs">
      {count > 0 ? "+" : "\u2212"}
      {formatCount(Math.abs(count))}
    </span>
  );

const sumOf = ({ totals, totalsBefore }: UsageReport): Group => ({
  key: "",
  label: "All",
  serverSlug: null,
  now: totals,
  before: totalsBefore,
  callsChange: totalsBefore === null ? null : totals.calls - totalsBefore.calls,
  spentChangeMicros:
    totalsBefore === null ? null : String(microsOf(totals.spentMicros) - microsOf(totalsBefore.spentMicros)),
});

function nameOf(by: UsageReport["by"], { key, label }: Group): string {
  if (key === "") return "none named";
  return by === "outcome" ? lookOfOutcome(key).label : label;
}
