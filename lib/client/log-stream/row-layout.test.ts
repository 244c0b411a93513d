import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ROW_HEIGHT_PX,
  tailLayout,
  uniformLayout,
  variableLayout,
  windowOf,
  wrappedLineCount,
} from "./row-layout.ts";

describe("where rows stand", () => {
  it("is the same for one height however it is computed", () => {
    const uniform = uniformLayout(50);
    const variable = variableLayout(new Array(50).fill(ROW_HEIGHT_PX));
    const tail = tailLayout(50, 50 * ROW_HEIGHT_PX, () => ROW_HEIGHT_PX, 50);
    for (const layout of [variable, tail]) {
      expect(layout.totalPx).toBe(uniform.totalPx);
      for (let px = -30; px < uniform.totalPx + 30; px += 7)
        expect(layout.indexAt(px)).toBe(uniform.indexAt(px));
      for (let index = 0; index <= 50; index++) expect(layout.topOf(index)).toBe(uniform.topOf(index));
    }
  });

  it("finds the row at every height, and a window covers the screen with rows", () => {
    const heights = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        heights,
        fc.integer({ min: 0, max: 12_000 }),
        fc.integer({ min: 1, max: 900 }),
        (rows, at, screen) => {
          const layout = variableLayout(rows);
          const scroll = Math.min(at, Math.max(0, layout.totalPx - 1));
          const index = layout.indexAt(scroll);
          expect(layout.topOf(index)).toBeLessThanOrEqual(scroll);
          expect(layout.topOf(index + 1)).toBeGreaterThan(scroll);
          const { from, to } = windowOf(layout, scroll, screen, 0);
          expect(layout.topOf(from)).toBeLessThanOrEqual(scroll);
          expect(layout.topOf(to)).toBeGreaterThanOrEqual(Math.min(layout.totalPx, scroll + screen));
        },
      ),
    );
  });

  it("of no rows is nowhere", () => {
    for (const layout of [uniformLayout(0), variableLayout([]), tailLayout(0, 0, () => 1, 10)]) {
      expect(windowOf(layout, 0, 100, 5)).toEqual({ from: 0, to: 0 });
    }
  });

  it("asks a following list only for its last rows", () => {
    const asked: number[] = [];
    const layout = tailLayout(
      1_000,
      30_000,
      (index) => {
        asked.push(index);
        return 30;
      },
      10,
    );
    expect(asked).toHaveLength(10);
    expect(layout.topOf(1_000)).toBe(30_000);
    expect(layout.topOf(999)).toBe(29_970);
  });
});

describe("wrapped lines", () => {
  it.each([
    ["", 10, 1],
    ["0123456789", 10, 1],
    ["01234567890", 10, 2],
    ["a\nb\n", 10, 3],
    ["日本語日本語", 10, 2],
    ["\u001b[31mred\u001b[0m", 3, 1],
  ])("of %j in %i columns are %i", (message, columns, lines) => {
    expect(wrappedLineCount(message, columns, 16)).toBe(lines);
  });

  it("stop at the most that is painted", () => {
    expect(Math.min(16, wrappedLineCount("é".repeat(1_000_000), 20, 16))).toBe(16);
  });
});
