import type { ISql } from "postgres";
import { COMPARE_DIMENSIONS, type WindowComparison } from "#lib/contract/index.ts";
import { type ComparedCalls, countWindows, type Span } from "./count-windows.ts";
import { findShifts } from "./find-shifts.ts";
import { labelShifts } from "./shift-labels.ts";

const DAY_MS = 24 * 3_600_000;

export interface CompareInput extends ComparedCalls {
  readonly window: Span;
  readonly against: WindowComparison["against"];
}

/**
 * The tool calls of callers in a window against those of an earlier one of the same length, by everything that they can be
 * told apart by: what moved, the largest first, with counts. No shift is a result: nothing moved. Of more rows than are read
 * only the newest count, and `isSampled` says so. What is no longer kept does not count.
 */
export async function compareWindows(
  sql: ISql,
  { window, against, ...calls }: CompareInput,
): Promise<WindowComparison> {
  const compared = comparedSpan(window, against);
  const counted = await countWindows(sql, calls, window, compared);
  const shifts = findShifts(counted.values, counted);
  const labelOf = await labelShifts(sql, calls.organizationId, shifts);
  return {
    against,
    window: isoSpan(window),
    compared: isoSpan(compared),
    now: counted.now,
    before: counted.before,
    shifts: shifts.map((shift) => ({ ...shift, label: labelOf(shift) })),
    dimensions: [...COMPARE_DIMENSIONS],
    isSampled: counted.isSampled,
  };
}

/** The window of the same length just before, or the same hours a day or a week earlier. */
export function comparedSpan({ fromMs, toMs }: Span, against: WindowComparison["against"]): Span {
  const backMs = { previous: toMs - fromMs, day: DAY_MS, week: 7 * DAY_MS }[against];
  return { fromMs: fromMs - backMs, toMs: toMs - backMs };
}

const isoSpan = ({ fromMs, toMs }: Span): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
