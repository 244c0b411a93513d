import fc from "fast-check";
import { expect, test } from "vitest";
import { barGrid } from "./histogram-bars.ts";

const QUARTER_MS = 900_000;

test("bars cover the window without holes, are about as many as asked for, and begin at round times", () => {
  const moment = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });
  const length = fc.integer({ min: 1, max: 90 * 86_400_000 });
  fc.assert(
    fc.property(moment, length, fc.integer({ min: 1, max: 200 }), (fromMs, lengthMs, wanted) => {
      const toMs = fromMs + lengthMs;
      const { barMs, startsMs } = barGrid({ fromMs, toMs }, wanted);
      expect(startsMs.length).toBeLessThanOrEqual(wanted + 1);
      expect(startsMs[0]).toBeLessThanOrEqual(fromMs);
      expect((startsMs.at(-1) ?? 0) + barMs).toBeGreaterThanOrEqual(toMs);
      for (const [index, startMs] of startsMs.entries()) {
        expect(startMs).toBe((startsMs[0] ?? 0) + index * barMs);
        expect(startMs % barMs).toBe(0);
      }
      expect(barMs < QUARTER_MS || barMs % QUARTER_MS === 0).toBe(true);
    }),
  );
});

test("an empty window has no bars, and a window beyond all history has few", () => {
  expect(barGrid({ fromMs: 5, toMs: 5 }, 60).startsMs).toEqual([]);
  expect(barGrid({ fromMs: 0, toMs: 60_000 * 86_400_000 }, 200).startsMs.length).toBeLessThan(200);
});

test.each([
  [3_600_000, 60, 60_000],
  [86_400_000, 96, 900_000],
  [86_400_000, 60, 1_800_000],
  [30 * 86_400_000, 60, 12 * 3_600_000],
])("%d ms in %d bars are bars of %d ms", (windowMs, bars, barMs) => {
  expect(barGrid({ fromMs: 0, toMs: windowMs }, bars).barMs).toBe(barMs);
});
