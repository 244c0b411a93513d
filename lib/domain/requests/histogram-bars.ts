import { HOUR_MS, type Window } from "./visible-window.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Widths that people read easily, narrow to wide. From a quarter of an hour on, each is whole quarters. */
const WIDTHS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 180, 365].map((n) => n * DAY_MS),
];

/** Equal bars over a window: the first one may begin before it, the last one end after it. */
export interface BarGrid {
  readonly barMs: number;
  /** When each bar begins, oldest first. None for an empty window. */
  readonly startsMs: readonly number[];
}

/** About `barsWanted` bars: no more than one beyond it, of the narrowest width that people read easily. */
export function barGrid({ fromMs, toMs }: Window, barsWanted: number): BarGrid {
  const widest = WIDTHS_MS.at(-1) ?? DAY_MS;
  const barMs = WIDTHS_MS.find((width) => (toMs - fromMs) / width <= barsWanted) ?? widest;
  const startsMs: number[] = [];
  for (let ms = Math.floor(fromMs / barMs) * barMs; ms < toMs; ms += barMs) startsMs.push(ms);
  return { barMs, startsMs: toMs > fromMs ? startsMs : [] };
}
