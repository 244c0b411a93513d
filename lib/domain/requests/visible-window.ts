import { uuid7Floor } from "#lib/kernel/ids.ts";

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

/**
 * The oldest time of which a server's history may still be seen, in epoch milliseconds: a whole hour, so that rows and
 * hourly counts end at the same place. What is older is gone, whether it was already deleted or not.
 */
export const visibleSinceMs = (retentionDays: number, nowMs: number): number =>
  retentionDays === 0 ? hourOf(nowMs) + HOUR_MS : hourOf(nowMs - retentionDays * DAY_MS);

/** A span of a log: `fromMs` inclusive, `toMs` exclusive. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The span that a query sees: as asked for, not newer than `asOf` (inclusive), not older than the retention. It may be
 * empty, never negative.
 */
export function visibleWindow(
  asked: { from?: string | undefined; to?: string | undefined },
  limits: { asOfMs: number; visibleSinceMs: number },
): Window {
  const fromMs = Math.max(asked.from === undefined ? 0 : Date.parse(asked.from), limits.visibleSinceMs);
  const toMs = Math.min(
    asked.to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(asked.to),
    limits.asOfMs + 1,
  );
  return { fromMs, toMs: Math.max(fromMs, toMs) };
}

/** The window as bounds of ids: from inclusive, to exclusive. */
export const idBounds = ({ fromMs, toMs }: Window): { fromId: string; toId: string } => ({
  fromId: uuid7Floor(fromMs),
  toId: uuid7Floor(toMs),
});
