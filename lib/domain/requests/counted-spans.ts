import { HOUR_MS } from "./visible-window.ts";

export const QUARTER_MS = HOUR_MS / 4;
export const DAY_MS = 24 * HOUR_MS;

/** A span of time in which `rows` matching rows lie: `fromMs` inclusive, `toMs` exclusive. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
}

/** Where the rows of a window are: its spans that have any, newest first, and together exactly its rows. */
export interface CountedWindow {
  readonly total: number;
  readonly spans: readonly Span[];
}

/** Where to find the rows of a page: skip `skip` in the spans, newest first, and there it begins. */
export interface SpannedRows {
  readonly spans: readonly Span[];
  readonly skip: number;
}

/**
 * Counts of whole spans as counts of a window: of the newest and the oldest, which may reach beyond it, only what lies
 * inside. `newer` and `older` are the rows beyond it.
 */
export function cutToWindow(
  cells: readonly Span[],
  window: { fromMs: number; toMs: number },
  beyond: { newer: number; older: number },
): CountedWindow {
  const spans = cells
    .map(({ fromMs, toMs, rows }) => ({
      fromMs: Math.max(fromMs, window.fromMs),
      toMs: Math.min(toMs, window.toMs),
      rows: rows - (toMs > window.toMs ? beyond.newer : 0) - (fromMs < window.fromMs ? beyond.older : 0),
    }))
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.fromMs - a.fromMs);
  return { total: spans.reduce((sum, { rows }) => sum + rows, 0), spans };
}

/** The fewest spans that hold the rows from `offset` on, as many as `rowsMax`. Null when there are none. */
export function spansOfPage(spans: readonly Span[], offset: number, rowsMax: number): SpannedRows | null {
  let skip = offset;
  const first = spans.findIndex(({ rows }) => {
    if (skip < rows) return true;
    skip -= rows;
    return false;
  });
  if (first < 0) return null;
  return { spans: take(spans.slice(first), skip + rowsMax), skip };
}

/** The fewest spans that surely hold the newest `rowsMax` rows older than a moment in `beforeMs`. */
export function spansBefore(spans: readonly Span[], beforeMs: number, rowsMax: number): Span[] {
  const older = spans.filter(({ fromMs }) => fromMs <= beforeMs);
  const [cut, ...whole] = older;
  if (cut === undefined) return [];
  // How much of the first one is older is not known.
  return cut.toMs <= beforeMs ? take(older, rowsMax) : [cut, ...take(whole, rowsMax)];
}

function take(spans: readonly Span[], rows: number): Span[] {
  let missing = rows;
  const taken: Span[] = [];
  for (const span of spans) {
    if (missing <= 0) break;
    taken.push(span);
    missing -= span.rows;
  }
  return taken;
}

/** Neighbours as one span, so that dense rows are read in one go. Newest first, as they came. */
export function joinNeighbours(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && last.fromMs === span.toMs) {
      joined[joined.length - 1] = { fromMs: span.fromMs, toMs: last.toMs, rows: last.rows + span.rows };
    } else joined.push(span);
  }
  return joined;
}

/** All of them as one span, with what lies between them. Newest first, as they came. */
export function joinAll(spans: readonly Span[]): Span[] {
  const [newest, oldest] = [spans[0], spans.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const rows = spans.reduce((sum, span) => sum + span.rows, 0);
  return [{ fromMs: oldest.fromMs, toMs: newest.toMs, rows }];
}

const floorTo = (ms: number, stepMs: number) => Math.floor(ms / stepMs) * stepMs;
const ceilTo = (ms: number, stepMs: number) => Math.ceil(ms / stepMs) * stepMs;

/** A stretch of a window, and the width of the counted spans that cover it. */
export interface Stretch {
  readonly spanMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * How a window that is not empty is covered with as few counted spans as possible: spans of `spanMs` in the middle,
 * quarters of an hour at both ends, of which the outermost may reach beyond it by less than a quarter.
 */
export function coverWindow(window: { fromMs: number; toMs: number }, spanMs: number): Stretch[] {
  const fromMs = floorTo(window.fromMs, QUARTER_MS);
  const toMs = ceilTo(window.toMs, QUARTER_MS);
  const middleFromMs = ceilTo(window.fromMs, spanMs);
  const middleToMs = floorTo(window.toMs, spanMs);
  if (middleFromMs >= middleToMs) return [{ spanMs: QUARTER_MS, fromMs, toMs }];
  return [
    { spanMs: QUARTER_MS, fromMs: middleToMs, toMs },
    { spanMs, fromMs: middleFromMs, toMs: middleToMs },
    { spanMs: QUARTER_MS, fromMs, toMs: middleFromMs },
  ].filter((stretch) => stretch.toMs > stretch.fromMs);
}
