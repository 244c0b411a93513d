import type { Clock } from "#lib/kernel/clock.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { TimeBudget } from "#lib/kernel/time-budget.ts";
import type { LogFilter } from "./filter.ts";

export const PATTERN_TOO_SLOW =
  "The regular expression took too long for the lines held here and was taken away.";

/** A filter whose regular expression keeps to what it may take of the page's time. */
export interface MeteredFilter {
  readonly filter: LogFilter;
  /** True when it took more; from then on it finds nothing. */
  isTooSlow(): boolean;
}

export function meteredFilter(filter: LogFilter, clock: Clock): MeteredFilter {
  const { pattern } = filter;
  if (pattern === undefined) return { filter, isTooSlow: () => false };
  const nowMs = (): number => clock.monotonicMs();
  const { patternMsPerSecondMax: msPerSecond, patternBurstMs: burstMs } = viewerLimits;
  const budget = new TimeBudget({ msPerSecond, burstMs }, nowMs);
  let isTooSlow = false;
  const matches = (text: string): boolean => {
    if (isTooSlow) return false;
    const beganMs = nowMs();
    const isMatch = pattern.matches(text);
    budget.spend(nowMs() - beganMs);
    isTooSlow = budget.leftShare < 0;
    return isMatch;
  };
  return { filter: { ...filter, pattern: { source: pattern.source, matches } }, isTooSlow: () => isTooSlow };
}
