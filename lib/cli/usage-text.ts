import type { UsageReport, UsageTotals } from "#lib/contract/index.ts";
import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { type Cell, facts, table } from "./output.ts";

export const usd = (micros: string): string => formatUsd(microsOf(micros));
const signed = (change: number | null): Cell =>
  change === null ? null : change > 0 ? `+${change}` : String(change);
const ms = (value: number | null): Cell => (value === null ? null : `${Math.round(value)} ms`);
const time = (at: string): string => `${at.slice(0, 16).replace("T", " ")}Z`;

/** A report as people read it: what it came to, then who contributed, biggest change first. */
export function usageText(report: UsageReport): string {
  const { totals, totalsBefore, window, compared, by, groups } = report;
  const change = (read: (sums: UsageTotals) => number): string =>
    totalsBefore === null ? "" : ` (was ${read(totalsBefore)})`;
  const head = facts([
    ["Window", `${time(window.from)} – ${time(window.to)}`],
    ["Compared with", compared === null ? "nothing" : `${time(compared.from)} – ${time(compared.to)}`],
    ["Complete to", time(report.completeTo)],
    ["Tool calls", `${totals.calls}${change((sums) => sums.calls)}`],
    ["Errors", `${totals.errors}${change((sums) => sums.errors)}`],
    ["Runtime errors", `${totals.runtimeErrors}${change((sums) => sums.runtimeErrors)}`],
    ["Denied", `${totals.denied}${change((sums) => sums.denied)}`],
    ["Latency p50 / p95", totals.p95Ms === null ? null : `${ms(totals.p50Ms)} / ${ms(totals.p95Ms)}`],
    ["Response bytes", `${totals.responseBytes}${change((sums) => sums.responseBytes)}`],
    [
      "Spent USD",
      `${usd(totals.spentMicros)}${totalsBefore === null ? "" : ` (was ${usd(totalsBefore.spentMicros)})`}`,
    ],
  ]);
  const rows = groups.map((group) => [
    group.now.calls,
    signed(group.callsChange),
    group.now.errors,
    ms(group.now.p95Ms),
    usd(group.now.spentMicros),
    group.label,
  ]);
  const headings = ["CALLS", "CHANGE", "ERRORS", "P95", "SPENT USD", by.toUpperCase()];
  return `${head}\n${table(headings, rows, "There were no calls. Choose a longer --window.")}`;
}
