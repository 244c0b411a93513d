import type { Clock } from "#lib/kernel/clock.ts";
import type { Folding } from "./folding.ts";
import { GroupedRows, groupStarts, type RowHeight } from "./grouped-rows.ts";
import type { RowsEdit } from "./history-rows.ts";
import type { LineBuffer } from "./line-buffer.ts";
import { closedGroup, frozenRows, indexShowing, type RowsView } from "./painted-rows.ts";
import { isErrorRow, type LogRow } from "./rows.ts";
import type { PauseReason, PauseState } from "./viewer-snapshot.ts";

/** A wider filter has the server send lines again; a list that stands still takes them over for at most this long. */
const SETTLE_MS = 2_000;

/** A copy of the list at one moment. */
interface FrozenList {
  readonly rows: readonly LogRow[];
  /** Rows that stood above the ring. */
  readonly headCount: number;
  readonly starts: Int32Array;
  readonly firstPosition: number;
}

/**
 * The list as somebody looks at it: it follows the buffer, or stands still. While it stands still it is a copy, so
 * that nothing the stream does can move it, and what arrives is counted. Lines that belong together are one row, which
 * can be opened while the list stands still.
 */
export class FollowedList {
  readonly #buffer: LineBuffer;
  readonly #clock: Clock;
  readonly #grouped: GroupedRows;
  #frozen: FrozenList | null = null;
  /** Row numbers of the heads of open groups. */
  #open: ReadonlySet<number> = new Set();
  #frozenView: RowsView | null = null;
  #paused: PauseState | null = null;
  #settle: { readonly seqs: readonly number[]; readonly untilMs: number } | null = null;
  #lastRow = -1;
  #seenTo: number | null = null;
  #revision = 0;

  constructor(buffer: LineBuffer, clock: Clock) {
    this.#buffer = buffer;
    this.#clock = clock;
    this.#grouped = new GroupedRows(buffer, buffer.capacity);
  }

  get paused(): PauseState | null {
    return this.#paused;
  }

  /** Row number behind which nothing was seen before the last pause ended; null when nothing came meanwhile. */
  get seenTo(): number | null {
    return this.#seenTo;
  }

  get folding(): Folding {
    return this.#grouped.folding;
  }

  /** Height of a following list, if heights are measured. */
  get heightPx(): number {
    return this.#grouped.heightPx;
  }

  get view(): RowsView {
    if (this.#frozenView !== null) return this.#frozenView;
    const { all } = this.#buffer;
    const grouped = this.#grouped;
    return {
      isFrozen: false,
      revision: this.#revision,
      count: grouped.count,
      firstPosition: grouped.firstPosition,
      rowAt: (index) =>
        index >= 0 && index < grouped.count ? all.rowAt(grouped.spanAt(index).from) : undefined,
      groupAt: (index) => closedGroup(all, grouped.spanAt(index)),
      all,
    };
  }

  /** Which lines are one row from now on; what stands still stays the same lines. */
  fold(folding: Folding): void {
    this.#grouped.setFolding(folding);
    this.#open = new Set();
    this.#revision++;
    if (this.#frozen === null) return;
    const { rows, headCount } = this.#frozen;
    this.#frozen = { ...this.#frozen, starts: Int32Array.from(groupStarts(rows, headCount, folding)) };
    this.#refreshView();
  }

  measure(heightOf: RowHeight | null): void {
    this.#grouped.measure(heightOf);
  }

  /** Opens or closes the group that row `n` is in. False when there is none to open, or the list follows. */
  setOpen(n: number, isOpen: boolean): boolean {
    if (this.#frozenView === null) return false;
    const head = this.headOf(n);
    if (head === null || this.#open.has(head) === isOpen) return false;
    const open = new Set(this.#open);
    if (isOpen) open.add(head);
    else open.delete(head);
    this.#open = open;
    this.#refreshView();
    return true;
  }

  /** Row number of the first row of the group that row `n` is in; null when it is in none. */
  headOf(n: number): number | null {
    const { view } = this;
    for (let index = indexShowing(view, n); index >= 0; index--) {
      const { kind } = view.groupAt(index);
      if (kind === "single") return null;
      if (kind !== "member") return view.rowAt(index)?.n ?? null;
    }
    return null;
  }

  /** A row entered the buffer's list. */
  added(row: LogRow): void {
    this.#grouped.appended(row);
    if (row.kind !== "line" || this.#paused === null || this.#settle !== null) return;
    const { reason, newLines, newErrors } = this.#paused;
    this.#paused = { reason, newLines: newLines + 1, newErrors: newErrors + (isErrorRow(row) ? 1 : 0) };
  }

  /** The oldest row of the buffer's ring is gone. */
  removed(row: LogRow): void {
    this.#grouped.evicted(row);
  }

  /** The buffer's list is another one. */
  rebuilt(): void {
    this.#grouped.rebuild();
  }

  /** False when it stands still already. */
  pause(reason: PauseReason): boolean {
    if (this.#paused !== null) return false;
    this.#paused = { reason, newLines: 0, newErrors: 0 };
    this.#seenTo = null;
    if (this.#settle !== null && this.#clock.monotonicMs() >= this.#settle.untilMs) this.#settle = null;
    this.#freeze();
    return true;
  }

  /** False when it follows already. */
  resume(): boolean {
    if (this.#paused === null) return false;
    this.#seenTo = this.#paused.newLines > 0 ? this.#lastRow : null;
    this.#frozen = null;
    this.#frozenView = null;
    this.#open = new Set();
    this.#paused = null;
    this.#revision++;
    return true;
  }

  /** Follows again as if nothing had been seen. */
  reset(): void {
    this.resume();
    this.#seenTo = null;
    this.#revision++;
  }

  /** Other rows are shown now; the streams send what is missing among those up to `seqs` again. */
  filtered(seqs: readonly number[]): void {
    this.#revision++;
    this.#settle = { seqs, untilMs: this.#clock.monotonicMs() + SETTLE_MS };
    if (this.#paused !== null) this.#freeze();
  }

  /**
   * Takes lines that were sent again into a list that stands still, also one that came to a stand while they were on
   * their way. True when it became another one.
   */
  settle(lastSeqs: readonly number[], isFilterSent: boolean): boolean {
    if (this.#settle === null) return false;
    const isDone = isFilterSent && this.#settle.seqs.every((seq, index) => (lastSeqs[index] ?? 0) >= seq);
    if (isDone || this.#clock.monotonicMs() >= this.#settle.untilMs) this.#settle = null;
    if (this.#paused === null) return false;
    this.#freeze();
    return true;
  }

  /** Changes what stands still as the buffer was changed: rows came from history. */
  edit(change: RowsEdit, shows: (row: LogRow) => boolean): void {
    this.#revision++;
    if (this.#frozen === null) return;
    const { rows: before, headCount, firstPosition } = this.#frozen;
    const rows = change(before).filter(shows);
    const starts = Int32Array.from(groupStarts(rows, Math.min(headCount, rows.length), this.folding));
    this.#frozen = { rows, headCount, starts, firstPosition };
    this.#refreshView();
  }

  /** The rows that stand still, those folded included; null while the list follows. */
  get frozenRows(): readonly LogRow[] | null {
    return this.#frozen?.rows ?? null;
  }

  /** Shows other rows than the buffer's, until it follows again. */
  showOnly(rows: readonly LogRow[], reason: PauseReason): void {
    this.#paused = { reason, newLines: 0, newErrors: 0 };
    this.#seenTo = null;
    this.#settle = null;
    this.#lastRow = this.#buffer.nextRow - 1;
    const starts = Int32Array.from(groupStarts(rows, 0, this.folding));
    this.#frozen = { rows, headCount: 0, starts, firstPosition: 0 };
    this.#open = new Set();
    this.#refreshView();
  }

  #freeze(): void {
    const rows = this.#buffer.shownRows();
    this.#lastRow = rows[rows.length - 1]?.n ?? -1;
    this.#frozen = {
      rows,
      headCount: this.#buffer.head.length,
      starts: this.#grouped.starts(),
      firstPosition: this.#grouped.firstPosition,
    };
    this.#refreshView();
  }

  #refreshView(): void {
    if (this.#frozen === null) return;
    const { rows, starts, firstPosition } = this.#frozen;
    this.#frozenView = {
      ...frozenRows(rows, starts, this.#open),
      isFrozen: true,
      revision: ++this.#revision,
      firstPosition,
    };
  }
}
