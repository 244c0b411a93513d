import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barAt, brushByKey, spanOf, windowOf } from "./brush.ts";

const START_MS = Date.parse("2026-11-20T12:00:00.000Z");
const charts = fc
  .record({
    barMs: fc.constantFrom(1_000, 60_000, 900_000, 86_400_000),
    count: fc.integer({ min: 1, max: 200 }),
    lateByShare: fc.double({ min: 0, max: 0.99, noNaN: true }),
    earlyByShare: fc.double({ min: 0, max: 0.99, noNaN: true }),
  })
  .map(({ barMs, count, lateByShare, earlyByShare }) => ({
    barMs,
    // The first and the last bar are cut by the window.
    from: new Date(START_MS + Math.floor((lateByShare * barMs) / 2)).toISOString(),
    to: new Date(START_MS + count * barMs - Math.floor((earlyByShare * barMs) / 2)).toISOString(),
    bars: Array.from({ length: count }, (_, index) => ({
      at: new Date(START_MS + index * barMs).toISOString(),
    })),
  }));

describe("the bar under a pointer", () => {
  it("is always one of the bars, and never one to the left of a pointer further left", () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.double(),
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: 1, max: 200 }),
        (x, y, widthPx, bars) => {
          const [left, right] = [barAt(Math.min(x, y), widthPx, bars), barAt(Math.max(x, y), widthPx, bars)];
          expect(left).toBeGreaterThanOrEqual(0);
          expect(right).toBeLessThan(bars);
          if (Number.isFinite(x) && Number.isFinite(y)) expect(left).toBeLessThanOrEqual(right);
        },
      ),
    );
  });
});

describe("the window of chosen bars", () => {
  it("holds them whole within the chart, whichever end was chosen first", () => {
    fc.assert(
      fc.property(charts, fc.nat(), fc.nat(), (chart, a, b) => {
        const brush = { anchor: a % chart.bars.length, head: b % chart.bars.length };
        const chosen = windowOf(chart, brush);
        expect(chosen).toEqual(windowOf(chart, { anchor: brush.head, head: brush.anchor }));
        const { first, last } = spanOf(brush);
        const fromMs = Date.parse(chosen?.from ?? "");
        const toMs = Date.parse(chosen?.to ?? "");
        expect(fromMs).toBe(Math.max(START_MS + first * chart.barMs, Date.parse(chart.from)));
        expect(toMs).toBe(Math.min(START_MS + (last + 1) * chart.barMs, Date.parse(chart.to)));
        expect(fromMs).toBeLessThan(toMs);
      }),
    );
  });

  it("is none where there are no such bars", () => {
    const chart = {
      from: "2026-11-20T12:00:00.000Z",
      to: "2026-11-20T12:01:00.000Z",
      barMs: 60_000,
      bars: [],
    };
    expect(windowOf(chart, { anchor: 0, head: 3 })).toBeNull();
  });
});

describe("choosing by keyboard", () => {
  const key = (name: string, shiftKey = false) => ({ key: name, shiftKey });

  it("begins at the newest bar, widens with Shift, and stops at the ends", () => {
    const first = brushByKey(null, key("ArrowLeft"), 10);
    expect(first).toEqual({ anchor: 9, head: 9 });
    expect(brushByKey(first, key("ArrowLeft", true), 10)).toEqual({ anchor: 9, head: 8 });
    expect(brushByKey({ anchor: 9, head: 8 }, key("Home", true), 10)).toEqual({ anchor: 9, head: 0 });
    expect(brushByKey({ anchor: 9, head: 8 }, key("ArrowRight"), 10)).toEqual({ anchor: 9, head: 9 });
    expect(brushByKey({ anchor: 0, head: 0 }, key("PageUp"), 10)).toEqual({ anchor: 0, head: 0 });
  });

  it("leaves other keys alone, and a chart without bars", () => {
    expect(brushByKey(null, key("a"), 10)).toBeNull();
    expect(brushByKey(null, key("ArrowLeft"), 0)).toBeNull();
  });

  it("never leaves the chart", () => {
    const keys = fc.constantFrom("ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.tuple(keys, fc.boolean())),
        (bars, pressed) => {
          let brush = null as ReturnType<typeof brushByKey>;
          for (const [name, shiftKey] of pressed) {
            brush = brushByKey(brush, key(name, shiftKey), bars);
            expect(brush?.head).toBeGreaterThanOrEqual(0);
            expect(brush?.head).toBeLessThan(bars);
          }
        },
      ),
    );
  });
});
