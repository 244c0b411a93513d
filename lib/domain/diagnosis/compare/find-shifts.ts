import type { CompareDimension, Shift } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { gTest } from "./g-test.ts";

const { shiftSupportMin, shiftChangeMin, shiftPValueMax, shiftsMax } = limits.incidents;

/** Calls of one window, and how many of them failed. */
export interface Counts {
  readonly calls: number;
  readonly errors: number;
}

/** What one value of a dimension counts in both windows. */
export interface ComparedValue {
  readonly dimension: CompareDimension;
  readonly key: string;
  readonly now: Counts;
  readonly before: Counts;
}

export type UnnamedShift = Omit<Shift, "label">;

/**
 * What moved between two windows, the largest change first: values whose share of the calls, or whose error rate, changed by
 * more than chance does to so few calls. `values` need not name every call of a dimension: the rest counts as one more value.
 * A window without calls can be compared with nothing.
 */
export function findShifts(
  values: readonly ComparedValue[],
  totals: { now: Counts; before: Counts },
): UnnamedShift[] {
  if (totals.now.calls === 0 || totals.before.calls === 0) return [];
  const dimensions = Map.groupBy(values, ({ dimension }) => dimension);
  return [...dimensions.values()]
    .flatMap((own) => shiftsOf(own, totals))
    .sort(byChange)
    .slice(0, shiftsMax);
}

function shiftsOf(values: readonly ComparedValue[], totals: { now: Counts; before: Counts }): UnnamedShift[] {
  const shares = gTest(
    withRest(
      values.map(({ now }) => now.calls),
      totals.now.calls,
    ),
    withRest(
      values.map(({ before }) => before.calls),
      totals.before.calls,
    ),
  );
  const shifts = values.flatMap((value) => shiftOf(value, totals, shares.pValue));
  // Of two values that share all calls, one grows by what the other shrinks: the growing one says it all.
  const [first, second] = shifts;
  const isMirror =
    values.length === 2 && first && second && !first.errorRateChange && !second.errorRateChange;
  return isMirror ? shifts.filter(({ shareChange }) => shareChange > 0) : shifts;
}

function shiftOf(
  { dimension, key, now, before }: ComparedValue,
  totals: { now: Counts; before: Counts },
  sharesP: number,
): UnnamedShift[] {
  if (now.calls + before.calls < shiftSupportMin) return [];
  const share = { now: now.calls / totals.now.calls, before: before.calls / totals.before.calls };
  const shareChange = share.now - share.before;
  const canTellErrors = Math.min(now.calls, before.calls) * 2 >= shiftSupportMin;
  const errorRateChange = canTellErrors ? now.errors / now.calls - before.errors / before.calls : null;
  const ratesP = gTest([now.errors, now.calls - now.errors], [before.errors, before.calls - before.errors]);
  const isShareShift = Math.abs(shareChange) >= shiftChangeMin && sharesP <= shiftPValueMax;
  const isRateShift =
    errorRateChange !== null &&
    // Its values are the errors themselves.
    dimension !== "outcome" &&
    Math.abs(errorRateChange) >= shiftChangeMin &&
    ratesP.pValue <= shiftPValueMax;
  if (!isShareShift && !isRateShift) return [];
  return [
    {
      dimension,
      key,
      now: { calls: now.calls, errors: now.errors, share: share.now },
      before: { calls: before.calls, errors: before.errors, share: share.before },
      shareChange,
      errorRateChange: dimension === "outcome" ? null : errorRateChange,
      pValue: Math.min(isShareShift ? sharesP : 1, isRateShift ? ratesP.pValue : 1),
    },
  ];
}

const withRest = (counts: readonly number[], total: number): number[] => [
  ...counts,
  Math.max(0, total - counts.reduce((all, count) => all + count, 0)),
];

/** The larger of both changes, in whole percent: shares of a dimension add up, so what grows takes from others about as much. */
const sizeOf = ({ shareChange, errorRateChange }: UnnamedShift): number =>
  Math.round(100 * Math.max(Math.abs(shareChange), Math.abs(errorRateChange ?? 0)));

/** Largest first; of equal ones what grew, then the more surprising one, then by name, so that the order is always the same. */
const byChange = (left: UnnamedShift, right: UnnamedShift): number =>
  sizeOf(right) - sizeOf(left) ||
  right.shareChange - left.shareChange ||
  left.pValue - right.pValue ||
  compareText(left.dimension, right.dimension) ||
  compareText(left.key, right.key);

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
