import type { Clock } from "#lib/kernel/clock.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { LineRow, LogRow } from "./rows.ts";
import type { PauseReason, PauseState, RowsView } from "./viewer-snapshot.ts";

/** A wider filter has the server send lines again; a paused list takes them over for at most this long. */
const SETTLE_MS = 2_000;

/**
 * The list as somebody looks at it: it follows the buffer, or stands still. While it stands still it is a copy, so
 * that nothing the stream does can move it, and what arrives is counted.
 */
export class FollowedList {
  readonly #buffer: LineBuffer;
  readonly #clock: Clock;
  #frozen: RowsView | null = null;
  #paused: PauseState | null = null;
  #settle: { readonly seq: number; readonly untilMs: number } | null = null;
  #lastRow = -1;
  #seenTo: number | null = null;
  #revision = 0;

  constructor(buffer: LineBuffer, clock: Clock) {
    this.#buffer = buffer;
    this.#clock = clock;
  }

  get paused(): PauseState | null {
    return this.#paused;
  }

  /** Row number behind which nothing was seen before the last pause ended; null when nothing came meanwhile. */
  get seenTo(): number | null {
    return this.#seenTo;
  }

  get view(): RowsView {
    return (
      this.#frozen ?? {
        isFrozen: false,
        revision: this.#revision,
        count: this.#buffer.shownCount,
        firstPosition: this.#buffer.shownFirst,
        rowAt: (index) => this.#buffer.shownAt(index),
      }
    );
  }

  /** False when it stands still already. */
  pause(reason: PauseReason): boolean {
    if (this.#paused !== null) return false;
    this.#paused = { reason, newLines: 0, newErrors: 0 };
    this.#seenTo = null;
    this.#freeze();
    return true;
  }

  /** False when it follows already. */
  resume(): boolean {
    if (this.#paused === null) return false;
    this.#seenTo = this.#paused.newLines > 0 ? this.#lastRow : null;
    this.#frozen = null;
    this.#paused = null;
    this.#settle = null;
    this.#revision++;
    return true;
  }

  /** Follows again as if nothing had been seen. */
  reset(): void {
    this.resume();
    this.#seenTo = null;
    this.#revision++;
  }

  /** Other rows are shown now; the stream sends what is missing among those up to `seq` again. */
  filtered(seq: number): void {
    this.#revision++;
    if (this.#paused === null) return;
    this.#freeze();
    this.#settle = { seq, untilMs: this.#clock.monotonicMs() + SETTLE_MS };
  }

  /** A line entered the buffer's list. */
  lineAdded(row: LineRow): void {
    if (this.#paused === null || this.#settle !== null) return;
    const { reason, newLines, newErrors } = this.#paused;
    const isError = row.entry.level === "error";
    this.#paused = { reason, newLines: newLines + 1, newErrors: newErrors + (isError ? 1 : 0) };
  }

  /** Takes lines that were sent again into a list that stands still. True when it became another one. */
  settle(lastSeq: number, isFilterSent: boolean): boolean {
    if (this.#settle === null || this.#paused === null) return false;
    this.#freeze();
    const isDone = isFilterSent && lastSeq >= this.#settle.seq;
    if (isDone || this.#clock.monotonicMs() >= this.#settle.untilMs) this.#settle = null;
    return true;
  }

  #freeze(): void {
    const rows: readonly LogRow[] = this.#buffer.shownRows();
    this.#revision++;
    this.#lastRow = rows[rows.length - 1]?.n ?? -1;
    this.#frozen = {
      isFrozen: true,
      revision: this.#revision,
      count: rows.length,
      firstPosition: this.#buffer.shownFirst,
      rowAt: (index) => rows[index],
    };
  }
}
