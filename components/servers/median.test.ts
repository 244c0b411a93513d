import { expect, it } from "vitest";
import { medianMs } from "./median.ts";

const runs = (...durations: number[]) => durations.map((durationMs) => ({ durationMs }));

it("the median is the middle run, between two the mean, and of none unknown", () => {
  expect(medianMs(runs(900, 10, 30))).toBe(30);
  expect(medianMs(runs(40, 10, 30, 900))).toBe(35);
  expect(medianMs(runs(7))).toBe(7);
  expect(medianMs(runs())).toBeNull();
});
