import type { LogEntry } from "#lib/contract/log-stream.ts";
import { covers, entryMatcher, type LogFilter, NO_FILTER } from "./filter.ts";
import { Ring } from "./ring.ts";
import { type GapRow, isErrorRow, type LineRow, type LogRow, type MarkRow, TRIMMED_MARK } from "./rows.ts";
import type { Sequenced } from "./sequencer.ts";

export interface LineBufferOptions {
  readonly ringLinesMax: number;
  readonly errorRingLinesMax: number;
}

/** A part of the stream that was received under one filter. */
interface Segment {
  readonly after: number;
  readonly filter: LogFilter;
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
  readonly #rows: Ring<LogRow>;
  readonly #errors: Ring<LineRow>;
  /** The rows of `#rows` that the filter shows. */
  readonly #shown: Ring<LogRow>;
  #keptShown: LineRow[] = [];
  #keptIsStale = false;
  #filter: LogFilter = NO_FILTER;
  #matches = entryMatcher(NO_FILTER);
  #segments: Segment[] = [{ after: 0, filter: NO_FILTER }];
  /** Lines taken out while a wider filter has the server send them again. */
  #aside: LineRow[] = [];
  /** Row number from which on rows belong to the current epoch. */
  #epochFirstRow = 0;
  #nextRow = 0;
  #openGap: { number: number; row: GapRow } | null = null;
  #lastTimeMs: number | null = null;
  #liveAfter: number | null = null;
  #trimmed = 0;
  #dropped = 0;
  #listener: ViewListener | null = null;

  constructor(options: LineBufferOptions) {
    this.#rows = new Ring(options.ringLinesMax);
    this.#shown = new Ring(options.ringLinesMax);
    this.#errors = new Ring(options.errorRingLinesMax);
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

  /** Lines that left the buffer for good. */
  get trimmed(): number {
    return this.#trimmed;
  }

  /** Lines that were declared missing, as far as their number is known. */
  get dropped(): number {
    return this.#dropped;
  }

  get filter(): LogFilter {
    return this.#filter;
  }

  /** Number of rows shown now. */
  get shownCount(): number {
    return this.#head().length + this.#shown.size;
  }

  /**
   * The position of the oldest shown row. A row of the ring keeps its position, however many rows come and go before
   * it, until the list is rebuilt.
   */
  get shownFirst(): number {
    return this.#shown.first - this.#head().length;
  }

  /** The shown row at `index`, 0 being the oldest. */
  shownAt(index: number): LogRow | undefined {
    const head = this.#head();
    return index < head.length ? head[index] : this.#shown.get(this.#shown.first + index - head.length);
  }

  /** All shown rows, oldest first. */
  shownRows(): LogRow[] {
    return [...this.#head(), ...this.#shown.slice()];
  }

  /** Lines up to `seq` are replayed ones; a mark is set before the first later line. */
  liveAfter(seq: number): void {
    this.#liveAfter = seq;
  }

  append(item: Sequenced): void {
    if (item.kind === "lines") {
      for (const entry of item.entries) this.#appendLine(entry);
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
      this.#segments = [...this.#segments, { after: last, filter: this.#filter }].slice(-100);
      return last;
    }
    const after = Math.min(lacking.after, last);
    this.#segments = [
      ...this.#segments.slice(0, this.#segments.indexOf(lacking)),
      { after, filter: this.#filter },
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
    this.#aside = [...taken.reverse(), ...this.#aside];
    this.#openGap = null;
    this.#rebuild();
    return after;
  }

  /** Forgets all lines held; the stream goes on. */
  clear(): void {
    this.#rows.clear();
    this.#errors.clear();
    this.#aside = [];
    this.#trimmed = 0;
    this.#openGap = null;
    this.#keptIsStale = true;
    this.#rebuild();
  }

  #isAfter(row: LogRow, seq: number): boolean {
    if (row.n < this.#epochFirstRow) return false;
    if (row.kind === "line") return row.entry.seq > seq;
    return row.kind === "mark" || (row.reason !== "epoch_changed" && row.to > seq);
  }

  #appendLine(entry: LogEntry): void {
    if (this.#openGap !== null) {
      const closed = { ...this.#openGap.row, untilMs: entry.timestamp };
      this.#rows.replace(this.#openGap.number, closed);
      this.#openGap = null;
      this.#replaceLastShown(closed);
    }
    if (this.#liveAfter !== null && entry.seq > this.#liveAfter) {
      this.#liveAfter = null;
      if (this.#rows.size > 0) this.#push({ kind: "mark", n: this.#nextRow++, mark: "live", count: 0 });
    }
    this.#lastTimeMs = entry.timestamp;
    this.#push({ kind: "line", n: this.#nextRow++, entry });
  }

  #appendGap(gap: Extract<Sequenced, { kind: "gap" }>): void {
    if (gap.reason === "epoch_changed") {
      this.#aside = [];
      this.#segments = [{ after: 0, filter: this.#filter }];
      this.#epochFirstRow = this.#nextRow;
    }
    const kept =
      gap.reason === "no_longer_buffered" ? this.#aside.filter((row) => row.entry.seq <= gap.to) : [];
    const count = gap.count === null ? null : Math.max(0, gap.count - kept.length);
    this.#aside = this.#aside.filter((row) => row.entry.seq > gap.to);
    if (count !== 0) {
      const row: GapRow = {
        kind: "gap",
        n: this.#nextRow++,
        to: gap.to,
        count,
        byLevel: kept.length > 0 ? {} : gap.byLevel,
        reason: gap.reason,
        afterMs: this.#lastTimeMs,
        untilMs: null,
      };
      this.#dropped += count ?? 0;
      this.#openGap = { number: this.#rows.end, row };
      this.#push(row);
    }
    for (const row of kept) this.#appendLine(row.entry);
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
    if (!isErrorRow(row)) {
      this.#trimmed++;
    } else if (this.#errors.push(row) !== undefined) {
      this.#trimmed++;
    }
    this.#keptIsStale = true;
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
    this.#keptIsStale = true;
    this.#listener?.rebuilt();
  }

  /** What stands above the ring: errors that outlived it, and the mark that says how much is gone. */
  #head(): readonly LogRow[] {
    if (this.#keptIsStale) {
      this.#keptIsStale = false;
      this.#keptShown = this.#errors.slice().filter((row) => this.#matches(row.entry));
      const mark: MarkRow = { kind: "mark", n: TRIMMED_MARK, mark: "trimmed", count: this.#trimmed };
      this.#headRows = this.#trimmed > 0 ? [...this.#keptShown, mark] : this.#keptShown;
    }
    return this.#headRows;
  }

  #headRows: readonly LogRow[] = [];
}
