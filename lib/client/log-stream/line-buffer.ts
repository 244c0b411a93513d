import type { LogEntry } from "#lib/contract/log-stream.ts";
import { covers, entryMatcher, isUnfiltered, type LogFilter, NO_FILTER } from "./filter.ts";
import type { RowsEdit } from "./history-rows.ts";
import { KeptErrors } from "./kept-errors.ts";
import { Ring } from "./ring.ts";
import type { RowList } from "./row-list.ts";
import { type GapRow, isErrorRow, type LineRow, type LogRow } from "./rows.ts";
import type { Sequenced } from "./sequencer.ts";

export interface LineBufferOptions {
  readonly ringLinesMax: number;
  readonly errorRingLinesMax: number;
  /** Which of the servers watched together the lines are from. */
  readonly source?: number;
}

/** A part of the stream that was received under one filter. */
interface Segment {
  readonly after: number;
  readonly filter: LogFilter;
  /** Lines that had come from the stream before it, leaving out those that were cleared away since. */
  readonly linesBefore: number;
}

/** Called for every row that enters or leaves the list that is shown. */
export interface ViewListener {
  added(row: LogRow): void;
  removed(row: LogRow): void;
  /** The list is another one; read it again. */
  rebuilt(): void;
}

/**
 * The lines a viewer holds: the newest in a ring, errors that fell out of it in a second ring so that a flood
 * cannot push them out, and the part of both that the current filter shows.
 */
export class LineBuffer {
  readonly #source: number;
  readonly #rows: Ring<LogRow>;
  readonly #errors: KeptErrors;
  /** The rows of `#rows` that the filter shows. */
  readonly #shown: Ring<LogRow>;
  #headRows: readonly LogRow[] = [];
  #headIsStale = false;
  #filter: LogFilter = NO_FILTER;
  #matches = entryMatcher(NO_FILTER);
  #segments: Segment[] = [{ after: 0, filter: NO_FILTER, linesBefore: 0 }];
  /** Lines that came from the stream and were not taken out again. */
  #lines = 0;
  /** Lines taken out while a wider filter has the server send them again. */
  #aside: LineRow[] = [];
  /** Row number from which on rows belong to the current epoch. */
  #epochFirstRow = 0;
  #nextRow = 0;
  #openGap: { number: number; row: GapRow } | null = null;
  #lastTimeMs: number | null = null;
  #liveAfter: number | null = null;
  #dropped = 0;
  /** The last line of this epoch whose lost lines are counted: it may be sent again. */
  #lossesTo = 0;
  #listener: ViewListener | null = null;

  constructor(options: LineBufferOptions) {
    this.#source = options.source ?? 0;
    this.#rows = new Ring(options.ringLinesMax);
    this.#shown = new Ring(options.ringLinesMax);
    this.#errors = new KeptErrors(options.errorRingLinesMax);
  }

  listen(listener: ViewListener): void {
    this.#listener = listener;
  }

  /** Rows held in the ring. */
  get size(): number {
    return this.#rows.size;
  }

  get capacity(): number {
    return this.#rows.capacity;
  }

  /** Lines that were declared missing, as far as their number is known, by the stream or by lines in it. */
  get dropped(): number {
    return this.#dropped;
  }

  get filter(): LogFilter {
    return this.#filter;
  }

  /** Number of rows shown now. */
  get shownCount(): number {
    return this.head.length + this.#shown.size;
  }

  /** Positions of the oldest shown row of the ring and behind its newest one; a row keeps its own until `rebuilt`. */
  get first(): number {
    return this.#shown.first;
  }

  get end(): number {
    return this.#shown.end;
  }

  /** The shown row of the ring at a position. */
  at(position: number): LogRow | undefined {
    return this.#shown.get(position);
  }

  /** Every shown row, oldest first; valid until the buffer changes. */
  get all(): RowList {
    return { count: this.shownCount, rowAt: (index) => this.#shownAt(index) };
  }

  /** All shown rows, oldest first. */
  shownRows(): LogRow[] {
    return [...this.head, ...this.#shown.slice()];
  }

  /** Lines up to `seq` are replayed ones; a mark is set before the first later line. */
  liveAfter(seq: number): void {
    this.#liveAfter = seq;
  }

  append(item: Sequenced): void {
    if (item.kind === "lines") {
      for (const entry of item.entries) this.#appendLine(entry, item.epoch);
      if (this.#aside.length > 0) this.#aside = this.#aside.filter((row) => row.entry.seq > item.to);
      return;
    }
    this.#appendGap(item);
  }

  /** Shows the lines held that match `filter`. What the server has to send is settled by `restart`. */
  setFilter(filter: LogFilter): void {
    this.#filter = filter;
    this.#matches = entryMatcher(filter);
    this.#rebuild();
  }

  /**
   * The stream continues under the current filter from the sequence number returned: `last` when the lines held
   * suffice, or an earlier one when lines were filtered out at the server that are wanted now. The lines held
   * after that number are taken out; those that the server no longer has come back.
   */
  restart(last: number): number {
    const lacking = this.#segments.find((segment) => !covers(segment.filter, this.#filter));
    if (lacking === undefined) {
      this.#segments = [
        ...this.#segments,
        { after: last, filter: this.#filter, linesBefore: this.#lines },
      ].slice(-100);
      return last;
    }
    const after = Math.min(lacking.after, last);
    this.#segments = [
      ...this.#segments.slice(0, this.#segments.indexOf(lacking)),
      { after, filter: this.#filter, linesBefore: lacking.linesBefore },
    ];
    const taken: LineRow[] = [];
    for (
      let row = this.#rows.last();
      row !== undefined && this.#isAfter(row, after);
      row = this.#rows.last()
    ) {
      this.#rows.pop();
      if (row.kind === "line") taken.push(row);
      if (row.kind === "gap" && row.count !== null) this.#dropped -= row.count;
    }
    const leftSince = this.#lines - lacking.linesBefore - taken.length;
    this.#lines = lacking.linesBefore;
    // Kept errors come again too, with the lines that left the ring, or are declared missing.
    const kept = this.#errors.takeBack((row) => this.#isAfter(row, after), leftSince);
    this.#aside = [...kept, ...taken.reverse(), ...this.#aside];
    this.#openGap = null;
    const newest = this.#rows.last();
    if (newest?.kind === "line") this.#lastTimeMs = newest.entry.timestamp;
    else if (newest === undefined) this.#lastTimeMs = null;
    this.#rebuild();
    return after;
  }

  /** Forgets all lines held; the stream goes on. */
  clear(): void {
    this.#rows.clear();
    this.#errors.clear();
    this.#segments = this.#segments.map((segment) => ({ ...segment, linesBefore: this.#lines }));
    this.#aside = [];
    this.#openGap = null;
    this.#headIsStale = true;
    this.#rebuild();
  }

  /** The oldest row of the ring. */
  get oldest(): LogRow | undefined {
    return this.#rows.get(this.#rows.first);
  }

  /** Number of the row that would come next, and the first line of the ring. */
  get nextRow(): number {
    return this.#nextRow;
  }

  get oldestLine(): LineRow | null {
    for (let position = this.#rows.first; position < this.#rows.end; position++) {
      const row = this.#rows.get(position);
      if (row?.kind === "line") return row;
    }
    return null;
  }

  /** The line with that number of an epoch, shown or not; null when it is not held. */
  lineAt(epoch: string, seq: number): LineRow | null {
    for (let position = this.#rows.end - 1; position >= this.#rows.first; position--) {
      const row = this.#rows.get(position);
      if (row?.kind === "line" && row.entry.seq === seq && row.epoch === epoch) return row;
    }
    return null;
  }

  /** Sequence numbers of the lines held of a part of an epoch. */
  heldBetween(epoch: string, from: number, to: number): ReadonlySet<number> {
    const held = new Set<number>();
    for (let position = this.#rows.first; position < this.#rows.end; position++) {
      const row = this.#rows.get(position);
      if (row?.kind !== "line" || row.epoch !== epoch) continue;
      if (row.entry.seq >= from && row.entry.seq <= to) held.add(row.entry.seq);
    }
    return held;
  }

  /** True when the filter shows a row. */
  shows(row: LogRow): boolean {
    return row.kind !== "line" || this.#matches(row.entry);
  }

  /** Changes the rows of the ring; the oldest go when there are too many. */
  edit(change: RowsEdit): void {
    const before = this.#rows.slice();
    const after = change(before);
    if (after === before) return;
    const missing = (rows: readonly LogRow[]): number =>
      rows.reduce((sum, row) => sum + (row.kind === "gap" ? (row.count ?? 0) : 0), 0);
    this.#dropped += missing(after) - missing(before);
    const openN = this.#openGap?.row.n;
    this.#openGap = null;
    this.#rows.clear();
    for (const row of after.slice(-this.#rows.capacity)) {
      if (row.n === openN && row.kind === "gap") this.#openGap = { number: this.#rows.end, row };
      this.#rows.push(row);
    }
    this.#rebuild();
  }

  /** Errors that outlived the ring and were loaded again are forgotten, and `loadedLines` lines are no longer gone. */
  forgetKept(isLoaded: (row: LineRow) => boolean, loadedLines: number): void {
    this.#errors.takeBack(isLoaded, loadedLines);
    this.#headIsStale = true;
  }

  #shownAt(index: number): LogRow | undefined {
    const { head } = this;
    return index < head.length ? head[index] : this.at(this.first + index - head.length);
  }

  #isAfter(row: LogRow, seq: number): boolean {
    if (row.n < this.#epochFirstRow) return false;
    if (row.kind === "line") return row.entry.seq > seq;
    return row.kind === "mark" || (row.reason !== "epoch_changed" && row.to > seq);
  }

  /** Takes a row that another buffer shows, behind all rows so far. */
  take(row: LogRow): void {
    const n = this.#nextRow;
    this.#nextRow += row.kind === "gap" ? row.to - row.from + 3 : 1;
    if (row.kind === "gap") this.#dropped += row.count ?? 0;
    this.#push({ ...row, n });
  }

  #appendLine(entry: LogEntry, epoch: string): void {
    if (this.#openGap !== null && isBehind(this.#openGap.row, entry, epoch)) {
      const closed = { ...this.#openGap.row, untilMs: entry.timestamp };
      this.#rows.replace(this.#openGap.number, closed);
      this.#openGap = null;
      this.#replaceLastShown(closed);
    }
    if (this.#liveAfter !== null && entry.seq > this.#liveAfter) {
      this.#liveAfter = null;
      if (this.#rows.size > 0) this.#push({ kind: "mark", n: this.#nextRow++, mark: "live", count: 0 });
    }
    if (entry.lostLines !== undefined && entry.seq > this.#lossesTo) {
      this.#lossesTo = entry.seq;
      this.#dropped += entry.lostLines;
    }
    this.#lastTimeMs = entry.timestamp;
    this.#lines++;
    this.#push({ kind: "line", n: this.#nextRow++, entry, epoch, source: this.#source });
  }

  #appendGap(gap: Extract<Sequenced, { kind: "gap" }>): void {
    if (gap.reason === "epoch_changed") {
      this.#aside = [];
      this.#segments = [{ after: 0, filter: this.#filter, linesBefore: this.#lines }];
      this.#epochFirstRow = this.#nextRow;
      this.#lossesTo = 0;
    }
    const kept =
      gap.reason === "no_longer_buffered" ? this.#aside.filter((row) => row.entry.seq <= gap.to) : [];
    const filter = this.#segments[this.#segments.length - 1]?.filter ?? NO_FILTER;
    const count = gap.count === null ? null : Math.max(0, gap.count - kept.length);
    this.#aside = this.#aside.filter((row) => row.entry.seq > gap.to);
    if (count !== 0) {
      const row: GapRow = {
        kind: "gap",
        n: this.#nextRow,
        source: this.#source,
        epoch: gap.epoch,
        from: gap.from,
        to: gap.to,
        count,
        byLevel: kept.length > 0 ? {} : gap.byLevel,
        reason: gap.reason,
        afterMs: this.#lastTimeMs,
        untilMs: null,
        ...(gap.reason === "slow_viewer" && !isUnfiltered(filter) ? { counted: filter } : {}),
      };
      // The numbers after it stay free for its lines, and one for a remark, should they be loaded from history.
      this.#nextRow += gap.to - gap.from + 3;
      this.#dropped += count ?? 0;
      this.#openGap = { number: this.#rows.end, row };
      this.#push(row);
    }
    for (const row of kept) this.#appendLine(row.entry, row.epoch);
  }

  #push(row: LogRow): void {
    const evicted = this.#rows.push(row);
    if (evicted !== undefined) this.#evict(evicted);
    if (row.kind !== "line" || this.#matches(row.entry)) {
      this.#shown.push(row);
      this.#listener?.added(row);
    }
  }

  #evict(row: LogRow): void {
    if (this.#shown.get(this.#shown.first) === row) {
      this.#shown.shift();
      this.#listener?.removed(row);
    }
    if (row.kind !== "line") return;
    this.#headIsStale = true;
    if (isErrorRow(row)) this.#errors.keep(row);
    else this.#errors.lineGone();
  }

  #replaceLastShown(row: GapRow): void {
    for (let number = this.#shown.end - 1; number >= this.#shown.first; number--) {
      const shown = this.#shown.get(number);
      if (shown?.n === row.n) this.#shown.replace(number, row);
      if (shown === undefined || shown.n <= row.n) return;
    }
  }

  #rebuild(): void {
    this.#shown.clear();
    for (const row of this.#rows.slice()) {
      if (row.kind !== "line" || this.#matches(row.entry)) this.#shown.push(row);
    }
    this.#headIsStale = true;
    this.#listener?.rebuilt();
  }

  /** What stands above the ring: errors that outlived it, and where lines are gone a mark that says how many. */
  get head(): readonly LogRow[] {
    if (this.#headIsStale) {
      this.#headIsStale = false;
      this.#headRows = this.#errors.rows((row) => this.#matches(row.entry));
    }
    return this.#headRows;
  }
}

/** Lines of a gap that were held are shown behind it; they are not what follows it. */
const isBehind = (gap: GapRow, entry: LogEntry, epoch: string): boolean =>
  epoch !== gap.epoch || entry.seq > gap.to || gap.reason === "epoch_changed";
