import { expect, it } from "vitest";
import { createRepeats } from "./repeats.ts";

it("shows a line at once, then once in a while with the number of those that were left out", () => {
  let nowMs = 0;
  const repeats = createRepeats(1_000, 10, () => nowMs);
  expect(repeats.take("a")).toBe(0);
  expect(repeats.take("b")).toBe(0);
  nowMs = 999;
  expect([repeats.take("a"), repeats.take("a")]).toEqual([null, null]);
  nowMs = 1_000;
  expect(repeats.take("a")).toBe(2);
  expect(repeats.take("a")).toBeNull();
  nowMs = 2_000;
  expect(repeats.take("a")).toBe(1);
  expect(repeats.take("b")).toBe(0);
});

it("remembers a bounded number of lines, the latest ones", () => {
  const repeats = createRepeats(1_000, 2, () => 0);
  for (const line of ["a", "b", "c"]) expect(repeats.take(line)).toBe(0);
  expect([repeats.take("b"), repeats.take("c")]).toEqual([null, null]);
  expect(repeats.take("a")).toBe(0);
});
