import { describe, expect, it } from "vitest";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { isPinned, numberOfPin, pinned, unpinned } from "./pinned-lines.ts";
import type { LineRow, LogRow } from "./rows.ts";

const line = (n: number, seq = n, epoch = "e1", source = 0): LineRow => ({
  kind: "line",
  n,
  epoch,
  source,
  entry: { timestamp: seq, level: "info", message: `line ${seq}`, seq },
});
const listOf = (...rows: LogRow[]) => ({ count: rows.length, rowAt: (index: number) => rows[index] });

describe("pinned lines", () => {
  it("stand in the order of their times, each once, whichever row number they came under", () => {
    const pins = pinned([line(7)], [line(3), line(9, 7), line(3)]) ?? [];
    expect(pinned(pins, [line(5)])?.map(({ entry }) => entry.seq)).toEqual([3, 5, 7]);
    expect(isPinned(pins, line(99, 7))).toBe(true);
    expect(isPinned(pins, line(7, 7, "e2")), "another life of the log counts anew").toBe(false);
    expect(isPinned(pins, line(7, 7, "e1", 1)), "another server counts for itself").toBe(false);
    expect(unpinned(pins, line(99, 7)).map(({ n }) => n)).toEqual([3]);
  });

  it("are bounded: one more is refused, not exchanged for another", () => {
    const full =
      pinned(
        [],
        Array.from({ length: viewerLimits.pinnedLinesMax }, (_, n) => line(n)),
      ) ?? [];
    expect(full).toHaveLength(viewerLimits.pinnedLinesMax);
    expect(pinned(full, [line(1_000)])).toBeNull();
    expect(pinned(full, [line(5)])).toEqual(full);
  });

  it("are found in a list under the number they have there, or known to be gone", () => {
    expect(numberOfPin(listOf(line(1), line(2), line(3)), line(2))).toBe(2);
    expect(numberOfPin(listOf(line(11, 1), line(12, 2)), line(2))).toBe(12);
    expect(
      numberOfPin(listOf(line(2, 5), line(3, 6)), line(2)),
      "another line under the old number",
    ).toBeNull();
    expect(numberOfPin(listOf(), line(2))).toBeNull();
  });
});
