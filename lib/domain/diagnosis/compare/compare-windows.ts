import type { ISql } from "postgres";
import { COMPARE_DIMENSIONS, type WindowComparison } from "#lib/contract/index.ts";
import { type ComparedCalls, type CountedWindow, countWindows, type Span } from "./count-windows.ts";
import { type ComparedValue, findShifts } from "./find-shifts.ts";
import { labelShifts } from "./shift-labels.ts";

const DAY_MS = 24 * 3_600_000;
const NONE = { calls: 0, errors: 0 };

type Against = WindowComparison["against"];
interface CompareInput extends ComparedCalls {
  readonly window: Span;
  readonly against: readonly Against[];
}

/**
 * The tool calls of callers in a window against those of earlier ones of the same length, by everything that they can be
 * told apart by: what moved, the largest first, with counts. No shift is a result: nothing moved. Of more rows than are read
 * only the newest count, and `isSampled` says so. What is no longer kept does not count. Answers in the order of `against`.
 */
export async function compareWindows(
  sql: ISql,
  { window, against, ...calls }: CompareInput,
): Promise<WindowComparison[]> {
  // The window before one of a day is that of the day before.
  const earlier = new Map(
    against.map((one) => [comparedSpan(window, one).fromMs, comparedSpan(window, one)]),
  );
  const [now, ...before] = await countWindows(sql, calls, [window, ...earlier.values()]);
  const counted = new Map([...earlier.keys()].map((fromMs, index) => [fromMs, before[index]]));
  const found = against.flatMap((one) => {
    const compared = comparedSpan(window, one);
    const other = counted.get(compared.fromMs);
    return now && other ? [{ against: one, compared, other, shifts: shiftsBetween(now, other), now }] : [];
  });
  const labelOf = await labelShifts(
    sql,
    calls.organizationId,
    found.flatMap(({ shifts }) => shifts),
  );
  return found.map(({ against: one, compared, now, other, shifts }) => ({
    against: one,
    window: isoSpan(window),
    compared: isoSpan(compared),
    now: now.total,
    before: other.total,
    shifts: shifts.map((shift) => ({ ...shift, label: labelOf(shift) })),
    dimensions: [...COMPARE_DIMENSIONS],
    isSampled: now.isSampled || other.isSampled,
  }));
}

function shiftsBetween(now: CountedWindow, before: CountedWindow) {
  const values = new Map([...before.values, ...now.values]);
  return findShifts(
    [...values].map(([name, { dimension, key }]): ComparedValue => {
      return {
        dimension,
        key,
        now: now.values.get(name) ?? NONE,
        before: before.values.get(name) ?? NONE,
      };
    }),
    { now: now.total, before: before.total },
  );
}

/** The window of the same length just before, or the same hours a day or a week earlier. */
export function comparedSpan({ fromMs, toMs }: Span, against: Against): Span {
  const backMs = { previous: toMs - fromMs, day: DAY_MS, week: 7 * DAY_MS }[against];
  return { fromMs: fromMs - backMs, toMs: toMs - backMs };
}

const isoSpan = ({ fromMs, toMs }: Span): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
