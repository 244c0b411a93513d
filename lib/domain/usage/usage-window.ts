import type { UsageQuery } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { usageWindowDaysMax, usageWatermarkMs } = limits.money;

/** Whole hours: `fromMs` inclusive, `toMs` exclusive. */
export interface HourWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The hours that a question is about: the asked times widened to whole hours, not beyond the hour under way; without
 * `from` the 24 hours up to `to`. Throws `invalid_input` for a window that is reversed, too long, or lies ahead.
 */
export function usageWindow(
  asked: { from?: string | undefined; to?: string | undefined },
  nowMs: number,
): HourWindow {
  const nowEndMs = hourEnd(nowMs);
  const endMs = asked.to === undefined ? nowEndMs : Date.parse(asked.to);
  const beginMs = asked.from === undefined ? endMs - DAY_MS : Date.parse(asked.from);
  if (beginMs >= nowEndMs) throw invalid("from", "in_future", "The window lies ahead. Begin in the past.");
  if (beginMs >= endMs)
    throw invalid("to", "reversed", "The window ends before it begins. Give a later end.");
  if (Math.min(endMs, nowEndMs) - beginMs > usageWindowDaysMax * DAY_MS + HOUR_MS)
    throw invalid("from", "too_long", `A window is ${usageWindowDaysMax} days long at most. Begin later.`);
  return { fromMs: hourStart(beginMs), toMs: Math.min(hourEnd(endMs), nowEndMs) };
}

/** The window to compare with; null when there is none, or when its counts are no longer kept whole. */
export function comparedWindow(
  { fromMs, toMs }: HourWindow,
  compare: UsageQuery["compare"],
  nowMs: number,
): HourWindow | null {
  if (compare === "none") return null;
  const backMs = { previous: toMs - fromMs, day: DAY_MS, week: 7 * DAY_MS }[compare];
  const before = { fromMs: fromMs - backMs, toMs: toMs - backMs };
  return before.fromMs < nowMs - limits.storage.rollupRetentionDays * DAY_MS ? null : before;
}

/** The longest window of each span of a series, so that a chart has some twenty to a hundred places. */
const SPANS: readonly { hours: number; windowDaysMax: number }[] = [
  { hours: 1, windowDaysMax: 4 },
  { hours: 6, windowDaysMax: 21 },
  { hours: 24, windowDaysMax: 100 },
  { hours: 168, windowDaysMax: Number.POSITIVE_INFINITY },
];
export const spanHoursOf = ({ fromMs, toMs }: HourWindow): number =>
  SPANS.find(({ windowDaysMax }) => toMs - fromMs <= windowDaysMax * DAY_MS)?.hours ?? 168;

/** Weeks begin on Monday; the epoch was a Thursday. */
const MONDAY_MS = 4 * DAY_MS;

/** Where spans begin, so that days are days in UTC and weeks begin on Monday. */
export const spanOrigin = (spanHours: number): number => (spanHours === 168 ? MONDAY_MS : 0);

/** When the spans of a window begin, oldest first; the first and the last may reach beyond it. */
export function spanStarts(window: HourWindow, spanHours: number): number[] {
  const spanMs = spanHours * HOUR_MS;
  const origin = spanOrigin(spanHours);
  const starts: number[] = [];
  const first = Math.floor((window.fromMs - origin) / spanMs) * spanMs + origin;
  for (let ms = first; ms < window.toMs; ms += spanMs) starts.push(ms);
  return starts;
}

/** Up to when everything is counted: what is newer may still be on its way from an edge. */
export const completeTo = ({ toMs }: HourWindow, nowMs: number): number =>
  Math.min(toMs, nowMs - usageWatermarkMs);

export const isoWindow = ({ fromMs, toMs }: HourWindow): { from: string; to: string } => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

const hourStart = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;
/** The end of the hour that `ms` ends in: a full hour ends itself. */
const hourEnd = (ms: number): number => Math.ceil(ms / HOUR_MS) * HOUR_MS;

const invalid = (path: string, code: string, message: string): DomainError =>
  new DomainError("invalid_input", message, { errors: [{ path, code, message }] });
