import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMPARE_DIMENSIONS, type CompareDimension } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type ComparedValue, findShifts } from "./find-shifts.ts";

const value = (
  dimension: CompareDimension,
  key: string,
  now: [calls: number, errors: number],
  before: [calls: number, errors: number],
): ComparedValue => ({
  dimension,
  key,
  now: { calls: now[0], errors: now[1] },
  before: { calls: before[0], errors: before[1] },
});
/** Of values that name all calls of each dimension. */
const totalsOf = (values: readonly ComparedValue[]) => {
  const own = values.filter(({ dimension }) => dimension === values[0]?.dimension);
  const sum = (at: "now" | "before") => ({
    calls: own.reduce((all, one) => all + one[at].calls, 0),
    errors: own.reduce((all, one) => all + one[at].errors, 0),
  });
  return { now: sum("now"), before: sum("before") };
};
const shiftsOf = (values: readonly ComparedValue[]) => findShifts(values, totalsOf(values));

/** Counts per value, the same keys in a few dimensions, each dimension a permutation of the same calls. */
const table = fc
  .array(fc.tuple(fc.integer({ min: 20, max: 2_000 }), fc.integer({ min: 0, max: 100 })), {
    minLength: 2,
    maxLength: 12,
  })
  .map((rows) =>
    rows.map(([calls, percent]) => [calls, Math.floor((calls * percent) / 100)] as [number, number]),
  );

describe("no shift", () => {
  test("identical windows, and one that is a multiple of the other, have none", () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 20 }), (rows, factor) => {
        const values = COMPARE_DIMENSIONS.flatMap((dimension) =>
          rows.map(([calls, errors], index) =>
            value(dimension, `v${index}`, [calls * factor, errors * factor], [calls, errors]),
          ),
        );
        expect(shiftsOf(values)).toEqual([]);
      }),
    );
  });

  test("chance alone makes none: small samples of the same calls", () => {
    expect(shiftsOf([value("client", "a", [11, 1], [8, 0]), value("client", "b", [9, 0], [12, 1])])).toEqual(
      [],
    );
  });

  test("a window without calls can be compared with nothing", () => {
    expect(shiftsOf([value("tool", "a", [500, 3], [0, 0])])).toEqual([]);
    expect(shiftsOf([])).toEqual([]);
  });

  test("a change too small to matter is none, however many calls show it", () => {
    expect(
      shiftsOf([
        value("client", "a", [520_000, 0], [500_000, 0]),
        value("client", "b", [480_000, 0], [500_000, 0]),
      ]),
    ).toEqual([]);
  });
});

describe("a shift", () => {
  test("one that is planted comes first, whatever else is there", () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...COMPARE_DIMENSIONS),
        fc.integer({ min: 2, max: 20 }),
        (rows, planted, factor) => {
          const before = rows.reduce((all, [calls]) => all + calls, 0);
          const values = COMPARE_DIMENSIONS.flatMap((dimension) => [
            ...rows.map(([calls, errors], index) =>
              value(dimension, `v${index}`, [calls, errors], [calls, errors]),
            ),
            ...(dimension === planted ? [value(dimension, "planted", [before * factor, 0], [0, 0])] : []),
          ]);
          const total = { calls: before, errors: rows.reduce((all, [, errors]) => all + errors, 0) };
          const [first] = findShifts(values, {
            now: { ...total, calls: before * (factor + 1) },
            before: total,
          });
          expect(first).toMatchObject({ dimension: planted, key: "planted", errorRateChange: null });
          expect(first?.pValue).toBeLessThan(limits.incidents.shiftPValueMax);
        },
      ),
    );
  });

  test("a tool that began to fail comes first, though its share of the calls stays", () => {
    const [first] = shiftsOf([
      value("tool", "refund", [400, 390], [400, 4]),
      value("tool", "search", [600, 6], [600, 6]),
    ]);
    expect(first).toMatchObject({ key: "refund", shareChange: 0, errorRateChange: 0.965 });
  });

  test("of two values that share all calls only the growing one is told", () => {
    expect(
      shiftsOf([value("client", "a", [900, 0], [100, 0]), value("client", "b", [100, 0], [900, 0])]).map(
        ({ key }) => key,
      ),
    ).toEqual(["a"]);
  });

  test("calls of values that are not named count: a dimension cut to its most frequent values keeps its shares", () => {
    const [first] = findShifts([value("client", "a", [500, 0], [100, 0])], {
      now: { calls: 1_000, errors: 0 },
      before: { calls: 1_000, errors: 0 },
    });
    expect(first).toMatchObject({ now: { share: 0.5 }, before: { share: 0.1 } });
  });

  test("at most the largest few are told, and their order does not depend on the order of the values", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 4, maxLength: 20 }), (rows) => {
        const values = rows.map(([now, before], index) =>
          value("client", `c${index}`, [now, 0], [before, 0]),
        );
        const shifts = findShifts(values, totalsOf(values));
        expect(shifts.length).toBeLessThanOrEqual(limits.incidents.shiftsMax);
        expect(findShifts(values.toReversed(), totalsOf(values)).map(({ key }) => key)).toEqual(
          shifts.map(({ key }) => key),
        );
        const sizes = shifts.map(({ shareChange }) => Math.round(100 * Math.abs(shareChange)));
        expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
      }),
    );
  });
});
