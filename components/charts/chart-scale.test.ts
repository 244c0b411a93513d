import { expect, it } from "vitest";
import { roundCeiling } from "./chart-scale.ts";

it("ends an axis on a round number that holds every value", () => {
  for (const max of [0, 1, 3, 4, 5, 9, 17, 99, 100, 101, 312, 4_999, 12_481]) {
    expect(roundCeiling(max)).toBeGreaterThanOrEqual(max);
    expect(roundCeiling(max) % 2).toBe(0);
  }
  expect(roundCeiling(312)).toBe(400);
  expect(roundCeiling(12_481)).toBe(20_000);
});
