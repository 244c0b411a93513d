const HOUR_MS = 3_600_000;

/** The 24 whole hours that end with the hour of `nowMs`, as epoch milliseconds; `toMs` is exclusive. */
export function lastDay(nowMs: number): { fromMs: number; toMs: number } {
  const toMs = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
  return { fromMs: toMs - 24 * HOUR_MS, toMs };
}
