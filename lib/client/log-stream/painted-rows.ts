import { isRepeatOf } from "./folding.ts";
import type { RowSpan } from "./grouped-rows.ts";
import { firstAfter, type RowList } from "./row-list.ts";
import type { LogRow } from "./rows.ts";

/** What a painted row stands for. */
export interface RowGroup extends RowSpan {
  /** `single`: only itself. `member`: it was folded, and its group is open. */
  readonly kind: "single" | "stack" | "repeat" | "member";
  readonly isOpen: boolean;
}

/**
 * The rows to paint: those of `all`, with neighbours that belong together as one row, the first of them. A frozen list
 * never changes; a live one is valid until the next snapshot.
 */
export interface RowsView extends RowList {
  readonly isFrozen: boolean;
  /** Changes when the list is another one, not when rows were appended. */
  readonly revision: number;
  /** Position of the first row: `position + index` stays with a row while others come and go. */
  readonly firstPosition: number;
  groupAt(index: number): RowGroup;
  /** Every row, also those that are folded. */
  readonly all: RowList;
}

/** The painted row that is row `n` or stands for it; -1 when there is none. */
export function indexShowing(view: RowsView, n: number): number {
  const at = firstAfter(view.all, n) - 1;
  if (view.all.rowAt(at)?.n !== n) return -1;
  return firstAfter(view, n) - 1;
}

/** The rows that the painted row at `index` stands for, itself included. */
export function rowsOfGroup(view: RowsView, index: number): LogRow[] {
  const { from, to } = view.groupAt(index);
  const rows: LogRow[] = [];
  for (let at = from; at < to; at++) {
    const row = view.all.rowAt(at);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** What a group that is not open is, by its rows. */
export function closedGroup(all: RowList, { from, to }: RowSpan): RowGroup {
  if (to - from <= 1) return { kind: "single", from, to, isOpen: false };
  const isRepeat = isRepeatOf(all.rowAt(from + 1), all.rowAt(from));
  return { kind: isRepeat ? "repeat" : "stack", from, to, isOpen: false };
}

/**
 * Rows that stand still, in groups of which some are open. `starts` are the indexes at which groups begin, `open` the
 * row numbers of the heads of open groups.
 */
export function frozenRows(
  rows: readonly LogRow[],
  starts: Int32Array,
  open: ReadonlySet<number>,
): Pick<RowsView, "count" | "rowAt" | "groupAt" | "all"> {
  const all: RowList = { count: rows.length, rowAt: (index) => rows[index] };
  const painted = new Int32Array(open.size === 0 ? starts.length : rows.length);
  let count = 0;
  for (let group = 0; group < starts.length; group++) {
    const from = starts[group] ?? 0;
    painted[count++] = from;
    if (!open.has(rows[from]?.n ?? Number.NaN)) continue;
    const to = starts[group + 1] ?? rows.length;
    for (let index = from + 1; index < to; index++) painted[count++] = index;
  }
  return {
    all,
    count,
    rowAt: (index) => (index >= 0 && index < count ? rows[painted[index] ?? -1] : undefined),
    groupAt(index) {
      const from = painted[index] ?? 0;
      const group = groupOf(starts, from);
      const start = starts[group] ?? from;
      if (start !== from) return { kind: "member", from, to: from + 1, isOpen: false };
      const span = { from, to: starts[group + 1] ?? rows.length };
      const isOpen = open.has(rows[from]?.n ?? Number.NaN);
      return { ...closedGroup(all, span), isOpen };
    },
  };
}

/** The last group that begins at or before a row. */
function groupOf(starts: Int32Array, index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
