import { limits } from "#lib/kernel/limits.ts";

const HOUR_MS = 3_600_000;
const { burn, burnEventsMin } = limits.alertRules;

/** Calls of callers, and those of them that the server failed. */
export interface CallsAndErrors {
  readonly calls: number;
  readonly errors: number;
}

/** One whole hour of a server; `hourMs` is its beginning, epoch milliseconds. */
export interface HourOfCalls extends CallsAndErrors {
  readonly hourMs: number;
}

export type BurnRow = (typeof burn)[number];

/** A share of failed calls that burns the error budget `factor` times as fast as it may be used up. */
export const isBurning = ({ calls, errors }: CallsAndErrors, factor: number, objective: number): boolean =>
  calls > 0 && errors / calls >= factor * (1 - objective);

/**
 * The last `windowMs` by whole hours: of the hour that the window begins in, the share that lies inside. Calls within an hour
 * are taken to be spread evenly, for nothing else is known of them.
 */
export function lastOf(hours: readonly HourOfCalls[], windowMs: number, nowMs: number): CallsAndErrors {
  const fromMs = nowMs - windowMs;
  let [calls, errors] = [0, 0];
  for (const hour of hours) {
    const share = Math.min(1, Math.max(0, (hour.hourMs + HOUR_MS - fromMs) / HOUR_MS));
    calls += hour.calls * share;
    errors += hour.errors * share;
  }
  return { calls, errors };
}

/** The windows whose long side burns, with enough calls to say so; the most severe first. */
export const burningRows = (
  hours: readonly HourOfCalls[],
  objective: number,
  nowMs: number,
): readonly BurnRow[] =>
  burn.filter(({ longMs, factor }) => {
    const long = lastOf(hours, longMs, nowMs);
    return long.calls >= burnEventsMin && isBurning(long, factor, objective);
  });
