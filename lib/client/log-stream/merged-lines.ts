import type { Clock } from "#lib/kernel/clock.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { LogRow } from "./rows.ts";

interface Waiting {
  readonly row: LogRow;
  /** Time of the row, never before that of the row before it in its stream: order within a stream never changes. */
  readonly timeMs: number;
  readonly arrivedMs: number;
}

/**
 * The rows of several streams in one list, in the order of their times. A row waits a moment for rows of other streams
 * that are older than it; what comes later still is shown where it comes, so nothing is ever held back for long.
 */
export class MergedLines {
  readonly #streams: readonly LineBuffer[];
  readonly #target: LineBuffer;
  readonly #clock: Clock;
  readonly #lastTimeMs: number[];
  #waiting: Waiting[] = [];
  #isStale = false;

  /** `arrived` is called when rows wait that want to be released by `release` a window later. */
  constructor(streams: readonly LineBuffer[], target: LineBuffer, clock: Clock, arrived: () => void) {
    this.#streams = streams;
    this.#target = target;
    this.#clock = clock;
    this.#lastTimeMs = streams.map(() => 0);
    for (const stream of streams) {
      stream.listen({
        added: (row) => {
          this.#wait(row);
          arrived();
        },
        removed: () => undefined,
        rebuilt: () => {
          this.#isStale = true;
        },
      });
    }
  }

  /** True while rows wait for their turn. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Shows what waited long enough, with everything older; the whole list anew when a stream's lines are others now. */
  release(): void {
    if (this.#isStale) {
      this.#rebuild();
      return;
    }
    const sorted = this.#sorted();
    const readyMs = this.#clock.monotonicMs() - viewerLimits.mergeWindowMs;
    let ready = sorted.findLastIndex(({ arrivedMs }) => arrivedMs <= readyMs) + 1;
    ready = Math.max(ready, sorted.length - viewerLimits.mergeWindowLinesMax);
    this.#show(sorted.slice(0, ready), sorted);
    this.#waiting = sorted.slice(ready);
  }

  #wait(row: LogRow): void {
    if (row.kind === "mark" && row.mark === "live") return;
    const source = row.kind === "mark" ? 0 : row.source;
    const last = this.#lastTimeMs[source] ?? 0;
    const timeMs = Math.max(last, timeOf(row) ?? last);
    this.#lastTimeMs[source] = timeMs;
    this.#waiting.push({ row, timeMs, arrivedMs: this.#clock.monotonicMs() });
  }

  #sorted(): Waiting[] {
    return this.#waiting.sort((a, b) => a.timeMs - b.timeMs);
  }

  #show(rows: readonly Waiting[], context: readonly Waiting[]): void {
    rows.forEach(({ row }, index) => {
      this.#target.take(row.kind === "gap" ? closed(row, context, index) : row);
    });
  }

  #rebuild(): void {
    this.#isStale = false;
    this.#waiting = [];
    this.#lastTimeMs.fill(0);
    this.#target.clear();
    for (const stream of this.#streams) for (const row of stream.shownRows()) this.#wait(row);
    const sorted = this.#sorted();
    this.#show(sorted, sorted);
    this.#waiting = [];
  }
}

const timeOf = (row: LogRow): number | null => {
  if (row.kind === "line") return row.entry.timestamp;
  return row.kind === "gap" ? row.afterMs : null;
};

/** A gap ends with the next line of its own stream. */
function closed(gap: Extract<LogRow, { kind: "gap" }>, rows: readonly Waiting[], index: number): LogRow {
  if (gap.untilMs !== null) return gap;
  for (let at = index + 1; at < rows.length; at++) {
    const row = rows[at]?.row;
    if (row?.kind === "line" && row.source === gap.source) return { ...gap, untilMs: row.entry.timestamp };
  }
  return gap;
}
