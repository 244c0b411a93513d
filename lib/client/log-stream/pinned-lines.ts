import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { indexOfRow, type RowList } from "./row-list.ts";
import type { LineRow } from "./rows.ts";

/** Lines somebody keeps in sight, oldest first. They stay whatever becomes of the list they were pinned in. */
export type PinnedLines = readonly LineRow[];

/** The same line, even when it came again under another row number. */
export const isSameLine = (a: LineRow, b: LineRow): boolean =>
  a.source === b.source && a.epoch === b.epoch && a.entry.seq === b.entry.seq;

export const isPinned = (pins: PinnedLines, row: LineRow): boolean =>
  pins.some((pin) => isSameLine(pin, row));

/** With `rows` pinned too; null when that would be more than may be pinned. */
export function pinned(pins: PinnedLines, rows: readonly LineRow[]): PinnedLines | null {
  const all = [...pins];
  for (const row of rows) {
    if (isPinned(all, row)) continue;
    if (all.length >= viewerLimits.pinnedLinesMax) return null;
    all.push(row);
  }
  return all.sort((a, b) => a.entry.timestamp - b.entry.timestamp || a.n - b.n);
}

export const unpinned = (pins: PinnedLines, row: LineRow): PinnedLines =>
  pins.filter((pin) => !isSameLine(pin, row));

/** Row number under which a pinned line stands in a list; null when it is not there (any more). */
export function numberOfPin(rows: RowList, pin: LineRow): number | null {
  const at = rows.rowAt(indexOfRow(rows, pin.n));
  if (at?.kind === "line" && isSameLine(at, pin)) return at.n;
  for (let index = rows.count - 1; index >= 0; index--) {
    const row = rows.rowAt(index);
    if (row?.kind === "line" && isSameLine(row, pin)) return row.n;
  }
  return null;
}
