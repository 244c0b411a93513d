import fc from "fast-check";
import { expect, test } from "vitest";
import { utcMonthNamed, utcMonthOf } from "./utc-month.ts";

test("months follow each other without a gap, and every moment is in one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0) }), (ms) => {
      const month = utcMonthOf(ms);
      expect(month.startMs).toBeLessThanOrEqual(ms);
      expect(month.endMs).toBeGreaterThan(ms);
      expect(utcMonthOf(month.endMs).startMs).toBe(month.endMs);
      expect(utcMonthOf(month.endMs).key > month.key).toBe(true);
      expect(utcMonthNamed(month.key)).toEqual(month);
    }),
  );
});

test("a month ends with its last millisecond, wherever the reader is", () => {
  expect(utcMonthOf(Date.parse("2026-11-30T23:59:59.999Z")).key).toBe("2026-11");
  expect(utcMonthOf(Date.parse("2026-12-01T00:00:00.000Z")).key).toBe("2026-12");
  expect(utcMonthOf(Date.parse("2024-02-29T12:00:00Z"))).toEqual({
    key: "2024-02",
    startMs: Date.parse("2024-02-01T00:00:00Z"),
    endMs: Date.parse("2024-03-01T00:00:00Z"),
  });
});
