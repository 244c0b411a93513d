import fc from "fast-check";
import { expect, test } from "vitest";
import { DURATION_BOUNDS_MS, durationBucket, percentileMs } from "./duration-buckets.ts";

test("a duration lies between the bounds of its bucket", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (durationMs) => {
      const bucket = durationBucket(durationMs);
      expect(durationMs).toBeGreaterThanOrEqual(bucket === 0 ? 0 : (DURATION_BOUNDS_MS[bucket - 1] ?? 0));
      expect(durationMs).toBeLessThanOrEqual(DURATION_BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY);
    }),
  );
  expect(durationBucket(Number.NaN)).toBe(DURATION_BOUNDS_MS.length);
});

test("a percentile lies in the bucket of the call that it names, and grows with its share", () => {
  const durations = fc.array(fc.double({ min: 0, max: 150_000, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(durations, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (calls, share) => {
      const buckets: number[] = DURATION_BOUNDS_MS.map(() => 0);
      for (const durationMs of calls)
        buckets[durationBucket(durationMs)] = (buckets[durationBucket(durationMs)] ?? 0) + 1;
      const named = [...calls].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * calls.length) - 1)] ?? 0;
      const bucket = durationBucket(named);
      const found = percentileMs(buckets, share) ?? Number.NaN;
      expect(found).toBeGreaterThanOrEqual(DURATION_BOUNDS_MS[bucket - 1] ?? 0);
      expect(found).toBeLessThanOrEqual(DURATION_BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY);
      expect(percentileMs(buckets, Math.min(1, share + 0.01))).toBeGreaterThanOrEqual(found);
    }),
  );
});

test("without calls there is no percentile", () => {
  expect(percentileMs([], 0.95)).toBeNull();
  expect(percentileMs([0, 0], 0.95)).toBeNull();
});
