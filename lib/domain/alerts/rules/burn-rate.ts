import { limits } from "#lib/kernel/limits.ts";

const HOUR_MS = 3_600_000;
const { burnEventsMin, burnFailedMin, burnRecentMs } = limits.alertRules;

/** Calls of callers, and those of them that failed. */
export interface CountedCalls {
  readonly calls: number;
  /** The server did not answer as it should. */
  readonly errors: number;
  /** A tool answered that it could not: often right, for what it was asked. */
  readonly toolErrors: number;
}

/** One whole hour of a server; `hourMs` is its beginning, epoch milliseconds. */
export interface HourOfCalls extends CountedCalls {
  readonly hourMs: number;
}

export type BurnRow = (typeof limits.alertRules.burn)[number];

/**
 * The share of calls that count as failed; 0 without calls. Errors of tools count as far as there are more of them than usual:
 * a server that refuses one order in twenty is not broken, one that began to is. Null: it is not known what is usual.
 */
export function failedShare({ calls, errors, toolErrors }: CountedCalls, usual: number | null): number {
  if (calls === 0) return 0;
  return (errors + (usual === null ? 0 : Math.max(0, toolErrors - usual * calls))) / calls;
}

/** Burns the error budget `factor` times as fast as it may be used up. */
export const isBurning = (
  counted: CountedCalls,
  { factor, objective, usual }: { factor: number; objective: number; usual: number | null },
): boolean => {
  const share = failedShare(counted, usual);
  return share > 0 && share >= factor * (1 - objective);
};

/** What hours hold between two moments: of an hour that lies partly inside, that part, for nothing else is known of it. */
export function countedBetween(hours: readonly HourOfCalls[], fromMs: number, toMs: number): CountedCalls {
  const total = { calls: 0, errors: 0, toolErrors: 0 };
  for (const { hourMs, calls, errors, toolErrors } of hours) {
    const inside = Math.min(hourMs + HOUR_MS, toMs) - Math.max(hourMs, fromMs);
    const share = Math.min(1, Math.max(0, inside / HOUR_MS));
    total.calls += calls * share;
    total.errors += errors * share;
    total.toolErrors += toolErrors * share;
  }
  return total;
}

/** The last `windowMs`; the hour under way counts whole. */
export const lastOf = (hours: readonly HourOfCalls[], windowMs: number, nowMs: number): CountedCalls =>
  countedBetween(hours, nowMs - windowMs, Number.POSITIVE_INFINITY);

/** The share of calls that tools refused before a window; null with too few calls to say. */
export function usualBefore(hours: readonly HourOfCalls[], beforeMs: number): number | null {
  const { calls, toolErrors } = countedBetween(hours, Number.NEGATIVE_INFINITY, beforeMs);
  return calls < burnEventsMin ? null : toolErrors / calls;
}

export interface Burning {
  readonly row: BurnRow;
  readonly long: CountedCalls;
  readonly usual: number | null;
}

/** The hours of a server, newest or oldest first: the last `limits.alertRules.burnRecentMs`, and those before. */
export interface KnownHours {
  readonly recent: readonly HourOfCalls[];
  /** Null: not read. */
  readonly before: readonly HourOfCalls[] | null;
}

/**
 * The long side of a window: how it burns, with enough calls to say so; null when it does not. Says `unread` where the hours
 * before the recent ones decide and are not known; it never says so where they could not change the answer.
 */
export function longSideOf(
  { recent, before }: KnownHours,
  row: BurnRow,
  objective: number,
  nowMs: number,
): Burning | "unread" | null {
  const sideWith = (hours: readonly HourOfCalls[], usual: number | null): Burning | null => {
    const long = lastOf(hours, row.longMs, nowMs);
    const isIt =
      long.calls >= burnEventsMin &&
      // One odd call of few would else burn as fast as a flood of them.
      failedShare(long, usual) * long.calls >= burnFailedMin &&
      isBurning(long, { factor: row.factor, objective, usual });
    return isIt ? { row, long, usual } : null;
  };
  if (before !== null) {
    const hours = [...before, ...recent];
    return sideWith(hours, usualBefore(hours, nowMs - row.longMs));
  }
  if (row.longMs > burnRecentMs) {
    const short = lastOf(recent, row.shortMs, nowMs);
    return isBurning(short, { factor: row.factor, objective, usual: 0 }) ? "unread" : null;
  }
  // What tools usually report makes the share smaller, and never larger than if nothing were usual.
  return sideWith(recent, null) ?? (sideWith(recent, 0) === null ? null : "unread");
}
