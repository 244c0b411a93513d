import fc from "fast-check";
import { expect, test } from "vitest";
import {
  coverWindow,
  cutToWindow,
  DAY_MS,
  joinNeighbours,
  QUARTER_MS,
  spansBefore,
  spansOfPage,
} from "./counted-spans.ts";

const spans = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 3 }), rows: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 40,
  })
  .map((parts) => {
    let toMs = 1_000 * QUARTER_MS;
    return parts.map(({ gap, rows }) => {
      toMs -= gap * QUARTER_MS;
      const span = { fromMs: toMs - QUARTER_MS, toMs, rows };
      toMs = span.fromMs;
      return span;
    });
  });

test("the spans of a page hold exactly the rows that the offset leads to", () => {
  fc.assert(
    fc.property(spans, fc.nat(200), fc.integer({ min: 1, max: 30 }), (list, offset, rowsMax) => {
      // Every row as the span it lies in, newest first.
      const rows = list.flatMap((span) => Array.from({ length: span.rows }, () => span.fromMs));
      const found = spansOfPage(list, offset, rowsMax);
      const wanted = rows.slice(offset, offset + rowsMax);
      if (found === null) {
        expect(wanted).toEqual([]);
        return;
      }
      const inSpans = found.spans.flatMap((span) => Array.from({ length: span.rows }, () => span.fromMs));
      expect(inSpans.slice(found.skip, found.skip + rowsMax)).toEqual(wanted);
      const joined = joinNeighbours(found.spans);
      expect(joined.reduce((sum, span) => sum + span.rows, 0)).toBe(inSpans.length);
    }),
  );
});

test("the spans before a moment hold enough rows, wherever in its span the moment lies", () => {
  fc.assert(
    fc.property(spans, fc.nat(40 * 4), fc.integer({ min: 1, max: 30 }), (list, quarters, rowsMax) => {
      const beforeMs = 1_000 * QUARTER_MS - quarters * QUARTER_MS + 17;
      const surely = list.filter((span) => span.toMs <= beforeMs).reduce((sum, span) => sum + span.rows, 0);
      const found = spansBefore(list, beforeMs, rowsMax).filter((span) => span.toMs <= beforeMs);
      expect(found.reduce((sum, span) => sum + span.rows, 0)).toBeGreaterThanOrEqual(
        Math.min(surely, rowsMax),
      );
    }),
  );
});

test("a window is covered once, without holes, and by less than a quarter too much on either side", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20 * DAY_MS }),
      fc.integer({ min: 1, max: 20 * DAY_MS }),
      (fromMs, length) => {
        const toMs = fromMs + length;
        const stretches = coverWindow({ fromMs, toMs }, DAY_MS).sort((a, b) => a.fromMs - b.fromMs);
        expect(stretches[0]?.fromMs).toBeLessThanOrEqual(fromMs);
        expect(stretches[0]?.fromMs).toBeGreaterThan(fromMs - QUARTER_MS);
        expect(stretches.at(-1)?.toMs).toBeGreaterThanOrEqual(toMs);
        expect(stretches.at(-1)?.toMs).toBeLessThan(toMs + QUARTER_MS);
        for (const [index, stretch] of stretches.entries()) {
          expect(stretch.fromMs % stretch.spanMs).toBe(0);
          expect(stretch.toMs % stretch.spanMs).toBe(0);
          if (index > 0) expect(stretch.fromMs).toBe(stretches[index - 1]?.toMs);
        }
      },
    ),
  );
});

test("what outermost spans hold beyond the window is not the window's", () => {
  const cells = [
    { fromMs: 0, toMs: 900_000, rows: 5 },
    { fromMs: 900_000, toMs: 1_800_000, rows: 4 },
  ];
  const counted = cutToWindow(cells, { fromMs: 100, toMs: 1_000_000 }, { newer: 1, older: 5 });
  expect(counted).toEqual({ total: 3, spans: [{ fromMs: 900_000, toMs: 1_000_000, rows: 3 }] });
});
