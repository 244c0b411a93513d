import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { type HourOfCalls, isBurning, lastOf, longSideOf } from "./burn-rate.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS + 30 * 60_000;
/** Hours up to the one under way, newest first. */
const hours = (...counts: [calls: number, errors: number, toolErrors?: number][]): HourOfCalls[] =>
  counts.map(([calls, errors, toolErrors = 0], back) => ({
    hourMs: (1_000 - back) * HOUR_MS,
    calls,
    errors,
    toolErrors,
  }));
const sidesOf = (recent: readonly HourOfCalls[], before: readonly HourOfCalls[] | null, objective = 0.99) =>
  limits.alertRules.burn.map((row) => longSideOf({ recent, before }, row, objective, NOW_MS));
const severities = (all: readonly HourOfCalls[], objective?: number) =>
  sidesOf(all, [], objective).flatMap((side) => (side === null || side === "unread" ? [] : side.row.factor));

describe("the long window", () => {
  test("an hour counts the one under way whole and of the one before the half that lies inside", () => {
    expect(lastOf(hours([10, 1], [100, 20], [1_000, 999]), HOUR_MS, NOW_MS)).toEqual({
      calls: 60,
      errors: 11,
      toolErrors: 0,
    });
  });

  test("a longer window never has fewer calls", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { maxLength: 80 }),
        fc.integer({ min: 1, max: 72 }),
        fc.integer({ min: 1, max: 72 }),
        (counts, first, second) => {
          const all = hours(...counts);
          const [short, long] = [Math.min(first, second), Math.max(first, second)];
          expect(lastOf(all, short * HOUR_MS, NOW_MS).calls).toBeLessThanOrEqual(
            lastOf(all, long * HOUR_MS, NOW_MS).calls,
          );
        },
      ),
    );
  });
});

describe("a burn", () => {
  test("all calls failing burns every window, most severe first; as the objective allows it, none", () => {
    expect(severities(hours([100, 100]))).toEqual([14.4, 6, 1]);
    expect(severities(hours([1_000, 9], [1_000, 9]))).toEqual([]);
  });

  test("a small share burns only the longest", () => {
    expect(severities(hours([1_000, 20], [1_000, 20]))).toEqual([1]);
  });

  test("what failed long ago burns no short window", () => {
    expect(severities(hours([500, 0], [500, 0], [500, 0], [500, 500]))).toEqual([6, 1]);
  });

  test("what tools usually report burns nothing, whatever its share; what is not usual does", () => {
    const usual: [number, number, number] = [100, 0, 10];
    expect(severities(hours(...Array.from({ length: 200 }, () => usual)))).toEqual([]);
    const began = hours([100, 0, 90], ...Array.from({ length: 200 }, () => usual));
    expect(severities(began)).toEqual([14.4, 6, 1]);
    expect(severities(hours([100, 0, 100])), "nobody knows what is usual yet").toEqual([]);
  });

  test("a few calls say nothing", () => {
    expect(severities(hours([19, 19]))).toEqual([]);
    expect(severities(hours([25, 2])), "two odd calls in three days").toEqual([]);
    expect(severities([])).toEqual([]);
  });

  test("no calls are no errors, and a stricter objective burns sooner", () => {
    expect(isBurning({ calls: 0, errors: 0, toolErrors: 0 }, { factor: 1, objective: 0.99, usual: 0 })).toBe(
      false,
    );
    expect(severities(hours([1_000, 5]), 0.999)).toEqual([1]);
    expect(severities(hours([1_000, 5]), 0.99)).toEqual([]);
  });
});

describe("while the hours before the recent ones are not read", () => {
  const recentHours = limits.alertRules.burnRecentMs / HOUR_MS + 1;
  const someHours = fc.array(fc.record({ calls: fc.nat(200), errors: fc.nat(20), toolErrors: fc.nat(20) }), {
    minLength: recentHours,
    maxLength: 90,
  });

  test("an answer is the one that they would give, for windows that lie within the recent ones", () => {
    fc.assert(
      fc.property(someHours, fc.constantFrom(0.9, 0.99, 0.999), (counts, objective) => {
        const all = hours(
          ...counts.map(({ calls, errors, toolErrors }): [number, number, number] => [
            calls + errors + toolErrors,
            errors,
            toolErrors,
          ]),
        );
        const [recent, before] = [all.slice(0, recentHours), all.slice(recentHours)];
        const whole = sidesOf(recent, before, objective);
        sidesOf(recent, null, objective).forEach((side, at) => {
          if (side === "unread") return;
          const isLonger = (limits.alertRules.burn[at]?.longMs ?? 0) > limits.alertRules.burnRecentMs;
          if (!isLonger) expect(side === null).toBe(whole[at] === null);
        });
      }),
    );
  });

  test("they are asked for only where they decide", () => {
    const of = (...counts: [number, number, number?][]) =>
      sidesOf(hours(...counts), null).map((side) =>
        side === null || side === "unread" ? side : side.row.factor,
      );
    expect(of([100, 100], [100, 100]), "errors of the server alone burn").toEqual([14.4, 6, "unread"]);
    expect(of([1_000, 1, 1]), "nothing could make it burn").toEqual([null, null, null]);
    expect(of([100, 0, 50]), "it depends on what tools usually report").toEqual([
      "unread",
      "unread",
      "unread",
    ]);
  });
});
