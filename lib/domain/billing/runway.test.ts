import fc from "fast-check";
import { expect, test } from "vitest";
import { daysUntilEmpty, lastErrorRatio, paceAt, runwayOf, type SpendHistory } from "./runway.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse("2026-11-20T12:00:00.000Z");

/** The same amount in each of the last hours. */
const steady = (hours: number, perHour: bigint): SpendHistory => ({
  byHourMs: new Map(Array.from({ length: hours }, (_, ago) => [NOW - (ago + 1) * HOUR_MS, perHour])),
  sinceMs: NOW - hours * HOUR_MS,
  debits: hours * 10,
});
const credits = (remainingMicros: bigint, expiresAtMs: number | null = null) => [
  { remainingMicros, expiresAtMs },
];

test("a steady burn gives a runway without a spread", () => {
  const runway = runwayOf(steady(240, 1_000n), credits(240_000n), NOW);
  expect(runway).toMatchObject({ state: "estimated", daysLow: 10, daysHigh: 10, perDayMicros: "24000" });
});

test("nothing is said before 24 hours and 30 debits", () => {
  expect(runwayOf(steady(23, 1_000n), credits(1n), NOW).state).toBe("accumulating");
  expect(runwayOf({ ...steady(48, 1_000n), debits: 29 }, credits(1n), NOW).state).toBe("accumulating");
  expect(runwayOf(steady(24, 1_000n), credits(1n), NOW).state).toBe("estimated");
});

test("no credits, no use and no history are told apart", () => {
  expect(runwayOf(steady(48, 1_000n), [], NOW).state).toBe("empty");
  expect(runwayOf(steady(48, 0n), credits(1n), NOW).state).toBe("idle");
  expect(runwayOf({ byHourMs: new Map(), sinceMs: null, debits: 0 }, credits(1n), NOW).state).toBe("idle");
});

test("a burst widens the interval instead of moving it all the way", () => {
  const calm = steady(240, 1_000n);
  const burst = { ...calm, byHourMs: new Map([...calm.byHourMs, [NOW - HOUR_MS, 50_000n]]) };
  const { daysLow, daysHigh } = runwayOf(burst, credits(240_000n), NOW);
  expect(daysLow).toBeLessThan(5);
  expect(daysHigh).toBeGreaterThan(daysLow ?? 0);
});

test("credits that expire unused do not lengthen the runway", () => {
  expect(daysUntilEmpty(credits(1_000_000n, NOW + 2 * DAY_MS), 1_000, NOW)).toBe(2);
  const grants = [...credits(1_000_000n, NOW + 2 * DAY_MS), ...credits(3_000n)];
  expect(daysUntilEmpty(grants, 1_000, NOW)).toBe(5);
  expect(runwayOf(steady(48, 1_000n), credits(9n, NOW - 1), NOW).state).toBe("empty");
});

test("the interval always holds the middle, whatever was spent", () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 24, maxLength: 340 }),
      (spent) => {
        const history = {
          byHourMs: new Map(spent.map((micros, ago) => [NOW - (ago + 1) * HOUR_MS, micros])),
          sinceMs: NOW - spent.length * HOUR_MS,
          debits: 100,
        };
        const pace = paceAt(history, NOW);
        expect(pace).not.toBeNull();
        if (pace === null) return;
        expect(pace.low).toBeLessThanOrEqual(pace.middle);
        expect(pace.middle).toBeLessThanOrEqual(pace.high);
      },
    ),
  );
});

test("the forecast of yesterday is compared with what yesterday took", () => {
  expect(lastErrorRatio(steady(240, 1_000n), NOW)).toBeCloseTo(0);
  expect(lastErrorRatio(steady(30, 1_000n), NOW)).toBeNull();
});
