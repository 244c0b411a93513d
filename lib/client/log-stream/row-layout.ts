import { withoutEscapes } from "./ansi.ts";
import type { LogRow } from "./rows.ts";

/** Height of a row that shows one line of text. */
export const ROW_HEIGHT_PX = 20;

/** Where rows stand. Indexes count shown rows from 0; pixels count from the top of the first. */
export interface RowLayout {
  readonly count: number;
  readonly totalPx: number;
  topOf(index: number): number;
  /** The row at a height; the nearest one when there is none. -1 only when there are no rows. */
  indexAt(px: number): number;
}

/** Rows of one height. */
export function uniformLayout(count: number): RowLayout {
  return {
    count,
    totalPx: count * ROW_HEIGHT_PX,
    topOf: (index) => index * ROW_HEIGHT_PX,
    indexAt: (px) => Math.min(count - 1, Math.max(0, Math.floor(px / ROW_HEIGHT_PX))),
  };
}

/** Rows of different heights. */
export function variableLayout(heights: ArrayLike<number>): RowLayout {
  const count = heights.length;
  const tops = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) tops[index + 1] = (tops[index] ?? 0) + (heights[index] ?? 0);
  const topOf = (index: number): number => tops[Math.min(count, Math.max(0, index))] ?? 0;
  return {
    count,
    totalPx: topOf(count),
    topOf,
    indexAt(px) {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (topOf(middle) <= px) low = middle;
        else high = middle - 1;
      }
      return high === -1 ? -1 : low;
    },
  };
}

/**
 * The newest rows of a list that stands `totalPx` high, for a view that sticks to its end: only `heightOf` the
 * last `rowsMax` rows is asked. Rows above them count as standing where the oldest asked one stands.
 */
export function tailLayout(
  count: number,
  totalPx: number,
  heightOf: (index: number) => number,
  rowsMax: number,
): RowLayout {
  const firstIndex = Math.max(0, count - rowsMax);
  const heights: number[] = [];
  let tailPx = 0;
  for (let index = firstIndex; index < count; index++) {
    const height = heightOf(index);
    heights.push(height);
    tailPx += height;
  }
  const tail = variableLayout(heights);
  const offsetPx = totalPx - tailPx;
  return {
    count,
    totalPx,
    topOf: (index) => offsetPx + tail.topOf(index - firstIndex),
    indexAt: (px) => (count === 0 ? -1 : firstIndex + tail.indexAt(px - offsetPx)),
  };
}

/** The rows that a window of `heightPx` at `scrollPx` needs, with `overscan` more at either side: `[from, to)`. */
export function windowOf(
  layout: RowLayout,
  scrollPx: number,
  heightPx: number,
  overscan: number,
): { readonly from: number; readonly to: number } {
  if (layout.count === 0) return { from: 0, to: 0 };
  return {
    from: Math.max(0, layout.indexAt(scrollPx) - overscan),
    to: Math.min(layout.count, layout.indexAt(scrollPx + heightPx) + 1 + overscan),
  };
}

/** Columns that the sign before a message takes that stands for more lines than itself, such as `×12,345`. */
export const GROUP_SIGN_COLUMNS = 9;

/** Height of a wrapped row when a screen line holds `columns` characters of the message. */
export function wrappedHeightPx(row: LogRow, columns: number, linesMax: number, isGrouped: boolean): number {
  if (row.kind !== "line") return ROW_HEIGHT_PX;
  const taken = isGrouped ? GROUP_SIGN_COLUMNS : 0;
  return Math.min(linesMax, wrappedLineCount(row.entry.message, columns, linesMax, taken)) * ROW_HEIGHT_PX;
}

const NOT_PLAIN = /[^\u0020-\u007e]/;

/**
 * Screen lines of a message in a monospaced font that breaks anywhere; may count too many, never too few. Characters
 * outside ASCII count double and a tab counts eight, as their width depends on fonts. Stops at `linesMax`. `taken`
 * columns of the first line hold something else.
 */
export function wrappedLineCount(message: string, columns: number, linesMax: number, taken = 0): number {
  const width = Math.max(1, Math.floor(columns));
  const readMax = width * linesMax;
  if (!NOT_PLAIN.test(message)) return Math.max(1, Math.ceil((message.length + taken) / width));
  let lines = 1;
  let column = taken;
  for (const character of withoutEscapes(message.slice(0, readMax * 2))) {
    if (character === "\n") {
      lines++;
      column = 0;
    } else {
      const columnsOfIt = columnsOf(character);
      if (column + columnsOfIt > width) {
        lines++;
        column = columnsOfIt;
      } else column += columnsOfIt;
    }
    if (lines >= linesMax) return linesMax;
  }
  return lines;
}

/** Signs of unseen characters such as `‹U+202E›` take up to nine columns. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x09) return 8;
  if (code < 0x20) return 2;
  if (code < 0x7f) return 1;
  return code < 0xa1 || (code >= 0x200b && code <= 0x206f) || code > 0xe0000 ? 10 : 2;
}
