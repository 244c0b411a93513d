import type { Runway } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const { forecastHoursMin, forecastDebitsMin, runwayDaysMax } = limits.money;
/** A burst counts half after this time. */
const RECENT_HALF_LIFE_HOURS = 3;
const DAYS_COMPARED = 7;
/** From the tenth to the ninetieth of a hundred. */
const LOW = 0.1;
const HIGH = 0.9;

/** What was spent by hour; only debits, so that credits that come in never look like saving. */
export interface SpendHistory {
  /** Epoch milliseconds of whole hours → micros. Hours without any are left out. */
  readonly byHourMs: ReadonlyMap<number, bigint>;
  /** When the first debit was counted, as far back as is known; null without one. */
  readonly sinceMs: number | null;
  /** How many things were billed. */
  readonly debits: number;
}

/** Credits in the order in which they are used. */
export interface OpenGrant {
  readonly remainingMicros: bigint;
  readonly expiresAtMs: number | null;
}

/** Micros per day, from slow to fast. */
export interface Pace {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

/** Spent between two whole hours, the last excluded. */
function spentBetween({ byHourMs }: SpendHistory, fromMs: number, toMs: number): number {
  let sum = 0;
  for (let ms = fromMs; ms < toMs; ms += HOUR_MS) sum += Number(byHourMs.get(ms) ?? 0n);
  return sum;
}

/**
 * The pace of the next day, seen at `nowMs`: the recent hours, weighted towards now, and the same hours of last week. The
 * interval spans these and what the last days spent. Null while there is too little history to speak.
 */
export function paceAt(history: SpendHistory, nowMs: number): Pace | null {
  const { sinceMs, debits } = history;
  if (sinceMs === null || debits < forecastDebitsMin) return null;
  const endMs = hourOf(nowMs);
  const beginMs = hourOf(sinceMs);
  const knownHours = Math.floor((endMs - beginMs) / HOUR_MS);
  if (nowMs - sinceMs < forecastHoursMin * HOUR_MS || knownHours < forecastHoursMin) return null;
  const days = Array.from({ length: Math.min(DAYS_COMPARED, Math.floor(knownHours / DAY_HOURS)) }, (_, day) =>
    spentBetween(history, endMs - (day + 1) * DAY_HOURS * HOUR_MS, endMs - day * DAY_HOURS * HOUR_MS),
  );
  const recent = recentPace(history, nowMs, knownHours);
  const lastWeek =
    knownHours >= DAYS_COMPARED * DAY_HOURS
      ? spentBetween(
          history,
          endMs - DAYS_COMPARED * DAY_HOURS * HOUR_MS,
          endMs - (DAYS_COMPARED - 1) * DAY_HOURS * HOUR_MS,
        )
      : mean(days);
  const middle = (recent + lastWeek) / 2;
  const seen = [recent, lastWeek, ...days].sort((left, right) => left - right);
  return {
    low: Math.min(middle, quantile(seen, LOW)),
    middle,
    high: Math.max(middle, quantile(seen, HIGH)),
  };
}

/** What a day would take at the weighted pace of the recent hours, the one under way included as far as it went. */
function recentPace(history: SpendHistory, nowMs: number, knownHours: number): number {
  const thisHourMs = hourOf(nowMs);
  const share = (nowMs - thisHourMs) / HOUR_MS;
  let spent = Number(history.byHourMs.get(thisHourMs) ?? 0n);
  let hours = share;
  for (let ago = 1; ago <= Math.min(knownHours, 2 * DAY_HOURS); ago++) {
    const weight = 0.5 ** (ago / RECENT_HALF_LIFE_HOURS);
    spent += weight * Number(history.byHourMs.get(thisHourMs - ago * HOUR_MS) ?? 0n);
    hours += weight;
  }
  return (spent / hours) * DAY_HOURS;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/** Days until nothing is left when `perDay` micros are spent, credits that expire unused included; at most `runwayDaysMax`. */
export function daysUntilEmpty(grants: readonly OpenGrant[], perDay: number, nowMs: number): number {
  let days = 0;
  for (const { remainingMicros, expiresAtMs } of grants) {
    const lasts = perDay > 0 ? Number(remainingMicros) / perDay : Number.POSITIVE_INFINITY;
    const untilExpiry =
      expiresAtMs === null ? Number.POSITIVE_INFINITY : (expiresAtMs - nowMs) / (DAY_HOURS * HOUR_MS) - days;
    days += Math.max(0, Math.min(lasts, untilExpiry));
    if (days >= runwayDaysMax) return runwayDaysMax;
  }
  return days;
}

const oneDigit = (days: number): number => Math.round(days * 10) / 10;

/** How long the credits last. */
export function runwayOf(history: SpendHistory, grants: readonly OpenGrant[], nowMs: number): Runway {
  const open = grants.filter(
    ({ remainingMicros, expiresAtMs }) =>
      remainingMicros > 0n && (expiresAtMs === null || expiresAtMs > nowMs),
  );
  const unknown = { daysLow: null, daysHigh: null, perDayMicros: null, nextExpiry: nextExpiryOf(open) };
  if (open.length === 0) return { ...unknown, state: "empty" };
  const pace = paceAt(history, nowMs);
  if (pace === null) return { ...unknown, state: history.sinceMs === null ? "idle" : "accumulating" };
  if (pace.high === 0) return { ...unknown, state: "idle", perDayMicros: "0" };
  return {
    ...unknown,
    state: "estimated",
    daysLow: oneDigit(daysUntilEmpty(open, pace.high, nowMs)),
    daysHigh: oneDigit(daysUntilEmpty(open, pace.low, nowMs)),
    perDayMicros: String(Math.round(pace.middle)),
  };
}

function nextExpiryOf(open: readonly OpenGrant[]): Runway["nextExpiry"] {
  const times = open.flatMap(({ expiresAtMs }) => (expiresAtMs === null ? [] : [expiresAtMs]));
  if (times.length === 0) return null;
  const nextMs = Math.min(...times);
  const amount = open
    .filter(({ expiresAtMs }) => expiresAtMs === nextMs)
    .reduce((sum, { remainingMicros }) => sum + remainingMicros, 0n);
  return { at: new Date(nextMs).toISOString(), amountMicros: String(amount) };
}

/**
 * How far the forecast that stood at the beginning of yesterday (UTC) was off at its end, as a share of what was spent; null
 * where there was none, or nothing was spent.
 */
export function lastErrorRatio(history: SpendHistory, nowMs: number): number | null {
  const todayMs = Math.floor(nowMs / (DAY_HOURS * HOUR_MS)) * DAY_HOURS * HOUR_MS;
  const yesterdayMs = todayMs - DAY_HOURS * HOUR_MS;
  const known = new Map([...history.byHourMs].filter(([ms]) => ms < yesterdayMs));
  const pace = paceAt({ ...history, byHourMs: known }, yesterdayMs);
  const spent = spentBetween(history, yesterdayMs, todayMs);
  return pace === null || spent === 0 ? null : Math.abs(pace.middle - spent) / spent;
}
