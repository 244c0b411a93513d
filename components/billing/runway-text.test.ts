import { expect, test } from "vitest";
import type { Runway } from "#lib/contract/index.ts";
import { runwayText } from "./runway-text.ts";

const runway = (change: Partial<Runway>): Runway => ({
  state: "estimated",
  daysLow: 9,
  daysHigh: 14,
  perDayMicros: "1",
  nextExpiry: null,
  ...change,
});

test("a runway is an interval, with no more digits than are known", () => {
  expect(runwayText(runway({}))).toBe("lasts 9–14 days at this pace");
  expect(runwayText(runway({ daysLow: 0.4, daysHigh: 2.5 }))).toBe("lasts 0.4–2.5 days at this pace");
  expect(runwayText(runway({ daysLow: 1, daysHigh: 1 }))).toBe("lasts 1 day at this pace");
  expect(runwayText(runway({ daysLow: 40, daysHigh: 3650 }))).toBe("lasts 40–365+ days at this pace");
  expect(runwayText(runway({ daysLow: 3650, daysHigh: 3650 }))).toBe("lasts more than a year at this pace");
});

test("what is not known is said", () => {
  expect(runwayText(runway({ state: "accumulating", daysLow: null, daysHigh: null }))).toMatch(
    /accumulating/,
  );
  expect(runwayText(runway({ state: "idle" }))).toBe("nothing is spent");
});
