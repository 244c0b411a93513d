import { describe, expect, test } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { isPatternProblem, type LinePattern } from "#lib/kernel/line-pattern.ts";
import { PatternMeter, sharedPatternBudget } from "./pattern-meter.ts";

const { patternBurstMs, patternMsPerSecondMax, patternMsPerTurnMax, patternsBurstMs } = limits.logStream;

/** A clock on which every look at it takes so long, so that a test says how slow a pattern is. */
class CostlyClock {
  nowMs = 0;
  costMs = 0;
  readonly read = (): number => {
    this.nowMs += this.costMs;
    return this.nowMs;
  };
}

function patternOf(meter: PatternMeter, source = "x"): LinePattern {
  const pattern = meter.compile(source);
  if (isPatternProblem(pattern)) throw new Error(pattern.problem);
  return pattern;
}

describe("the regular expressions of a viewer", () => {
  test("may take so much at once and so much a second, and no more", () => {
    const clock = new CostlyClock();
    const meter = new PatternMeter(sharedPatternBudget(clock.read), clock.read);
    const pattern = patternOf(meter);
    clock.costMs = 1;
    for (let line = 0; line < patternBurstMs / 2 && !meter.isOverdrawn; line++) pattern.matches("x");
    expect(meter.isOverdrawn).toBe(false);
    for (let line = 0; line < patternBurstMs; line++) pattern.matches("x");
    expect(meter.isOverdrawn).toBe(true);
    clock.costMs = 0;
    clock.nowMs += (2 * patternBurstMs * 1_000) / patternMsPerSecondMax;
    expect(meter.isOverdrawn).toBe(false);
  });

  test("stop for others when their turn is over, after the line that was looked at", () => {
    const clock = new CostlyClock();
    const meter = new PatternMeter(sharedPatternBudget(clock.read), clock.read);
    const pattern = patternOf(meter);
    clock.costMs = 1;
    let lines = 0;
    meter.beginTurn();
    while (!meter.isTurnOver) {
      pattern.matches("x");
      lines += 1;
    }
    expect(lines).toBeLessThanOrEqual(patternMsPerTurnMax);
    meter.beginTurn();
    expect(meter.isTurnOver).toBe(false);
  });

  test("of all viewers together are bounded: who took most of their own share is the one who loses theirs", () => {
    const clock = new CostlyClock();
    const shared = sharedPatternBudget(clock.read);
    const greedy = Array.from({ length: 4 }, () => new PatternMeter(shared, clock.read));
    const modest = new PatternMeter(shared, clock.read);
    patternOf(modest).matches("x");
    clock.costMs = 1;
    for (const meter of greedy) {
      const pattern = patternOf(meter);
      for (let line = 0; line < patternBurstMs * 0.8; line++) pattern.matches("x");
    }
    clock.costMs = 0;
    shared.spend(patternsBurstMs);
    expect(greedy.some((meter) => meter.isOverdrawn)).toBe(true);
    expect(modest.isOverdrawn).toBe(false);
  });
});
