/** Upper bounds of the duration buckets in milliseconds, inclusive; one more bucket holds everything above. */
export const DURATION_BOUNDS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
] as const;

/** Index of the bucket that holds `durationMs`. */
export function durationBucket(durationMs: number): number {
  const index = DURATION_BOUNDS_MS.findIndex((bound) => durationMs <= bound);
  return index === -1 ? DURATION_BOUNDS_MS.length : index;
}

/** The first bucket whose calls all took at least `durationMs`. */
export const bucketsAbove = (durationMs: number): number =>
  DURATION_BOUNDS_MS.findIndex((bound) => bound >= durationMs) + 1 || DURATION_BOUNDS_MS.length + 1;

/**
 * The duration in milliseconds below which `share` (0…1) of the calls lie, interpolated inside its bucket; null
 * without calls. `calls[i]` counts bucket `i`. What lies above the last bound reads as that bound.
 */
export function percentileMs(calls: readonly number[], share: number): number | null {
  const total = calls.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  for (const [bucket, count] of calls.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = DURATION_BOUNDS_MS[bucket - 1] ?? 0;
      const upper = DURATION_BOUNDS_MS[bucket] ?? lower;
      return lower + (upper - lower) * Math.min(1, Math.max(0, (rank - below) / count));
    }
    below += count;
  }
  return DURATION_BOUNDS_MS.at(-1) ?? null;
}
