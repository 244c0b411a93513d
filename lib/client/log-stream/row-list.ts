import type { LogRow } from "./rows.ts";

/** Rows in the order of their numbers, which increase strictly. */
export interface RowList {
  readonly count: number;
  rowAt(index: number): LogRow | undefined;
}

/** Index of the first row whose number is greater than `n`; the count when there is none. */
export function firstAfter(rows: RowList, n: number): number {
  let low = 0;
  let high = rows.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows.rowAt(middle)?.n ?? Number.POSITIVE_INFINITY) <= n) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the row with number `n`, or -1. */
export function indexOfRow(rows: RowList, n: number): number {
  const index = firstAfter(rows, n) - 1;
  return rows.rowAt(index)?.n === n ? index : -1;
}

/** The rows numbered `from` to `to`, both included. */
export function rowsBetween(rows: RowList, from: number, to: number): LogRow[] {
  const found: LogRow[] = [];
  for (let index = firstAfter(rows, from - 1); index < rows.count; index++) {
    const row = rows.rowAt(index);
    if (row === undefined || row.n > to) break;
    if (row.n >= from) found.push(row);
  }
  return found;
}

/** True when no line and no gap is among the rows. */
export function hasOnlyMarks(rows: RowList): boolean {
  for (let index = 0; index < rows.count; index++) {
    if (rows.rowAt(index)?.kind !== "mark") return false;
  }
  return true;
}
