import fc from "fast-check";
import { expect, test } from "vitest";
import { gTest } from "./g-test.ts";

const counts = (size: number) =>
  fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: size, maxLength: size });

test("agrees with published values of the chi-squared distribution", () => {
  // 2 × 2: G = 2 Σ O ln(O/E), one degree of freedom.
  const two = gTest([10, 20], [20, 10]);
  expect(two.g).toBeCloseTo(2 * (20 * Math.log(10 / 15) + 40 * Math.log(20 / 15)), 10);
  expect(two.degreesOfFreedom).toBe(1);
  expect(two.pValue).toBeCloseTo(0.009_17, 4);
  // Of two degrees of freedom the tail is exp(−g/2), exactly.
  const three = gTest([30, 40, 50], [50, 40, 30]);
  expect(three.degreesOfFreedom).toBe(2);
  expect(three.pValue).toBeCloseTo(Math.exp(-three.g / 2), 12);
  // Of four it is (1 + g/2) exp(−g/2).
  const five = gTest([10, 20, 30, 40, 50], [50, 40, 30, 20, 10]);
  expect(five.pValue / ((1 + five.g / 2) * Math.exp(-five.g / 2))).toBeCloseTo(1, 9);
});

test("the critical value of 3.841 of one degree of freedom is met by 5 % of chance", () => {
  // Found by search: the table whose G is nearest to it from above.
  const near = Array.from({ length: 500 }, (_, n) => gTest([500 + n, 500], [500, 500]))
    .filter(({ g }) => g >= 3.841_459)
    .toSorted((left, right) => left.g - right.g)[0];
  expect(near?.pValue).toBeLessThanOrEqual(0.05);
  expect(near?.pValue).toBeGreaterThan(0.045);
});

test("equal shares surprise nobody, and an empty row can be compared with nothing", () => {
  fc.assert(
    fc.property(counts(6), fc.integer({ min: 1, max: 5 }), (row, factor) => {
      const same = gTest(
        row,
        row.map((count) => count * factor),
      );
      expect(same.pValue).toBeGreaterThan(0.999);
    }),
  );
  expect(gTest([0, 0], [4, 5]).pValue).toBe(1);
  expect(gTest([4], [5]).pValue).toBe(1);
});

test("the answer is a chance, does not depend on which row is first, nor on the order of values", () => {
  fc.assert(
    fc.property(counts(5), counts(5), (now, before) => {
      const test = gTest(now, before);
      expect(test.pValue).toBeGreaterThanOrEqual(0);
      expect(test.pValue).toBeLessThanOrEqual(1);
      expect(gTest(before, now).g).toBeCloseTo(test.g, 4);
      expect(gTest(now.toReversed(), before.toReversed()).g).toBeCloseTo(test.g, 4);
    }),
  );
});
