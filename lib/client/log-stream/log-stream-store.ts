import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { Cancel, LogStreamEnvironment } from "./environment.ts";
import { type LogFilter, NO_FILTER, sameFilter } from "./filter.ts";
import { type FindQuery, FindSession, type MatchRanges, NO_FIND } from "./find.ts";
import { type Folding, NO_FOLDING } from "./folding.ts";
import { FollowedList } from "./followed-list.ts";
import type { RowHeight } from "./grouped-rows.ts";
import type { LinePlace } from "./history.ts";
import { HistoryReader } from "./history-reader.ts";
import { LineBuffer } from "./line-buffer.ts";
import { MergedLines } from "./merged-lines.ts";
import { type MeteredFilter, meteredFilter, PATTERN_TOO_SLOW } from "./metered-filter.ts";
import { Painter } from "./painter.ts";
import { createRegexSearcher } from "./regex-searcher.ts";
import { type GapRow, isErrorRow, type LineRow, type LogRow } from "./rows.ts";
import { combined } from "./source-snapshots.ts";
import { SourceStream } from "./source-stream.ts";
import type { OlderState, PauseReason, ViewerSnapshot } from "./viewer-snapshot.ts";

export interface LogStreamOptions {
  readonly filter?: LogFilter;
  readonly folding?: Folding;
  /** Other servers whose lines are shown among those of the first. */
  readonly others?: readonly LogStreamEnvironment[];
  /** A line to open with. */
  readonly line?: LinePlace | null;
}

const NO_OLDER: OlderState = { state: "none" };

/**
 * The state of one log viewer outside of React: give `subscribe` and `getSnapshot` to `useSyncExternalStore`.
 * Frames are taken over at most once per animation frame, so a flood costs one render per frame.
 */
export class LogStreamStore {
  readonly #environment: LogStreamEnvironment;
  /** One per server; the first is the one that the viewer was opened for. */
  readonly #sources: readonly SourceStream[];
  readonly #readers: readonly HistoryReader[];
  readonly #merged: MergedLines | null;
  readonly #painter: Painter;
  readonly #buffer: LineBuffer;
  readonly #list: FollowedList;
  readonly #subscribers = new Set<() => void>();
  #find: FindSession | null = null;
  /** Where the first match is looked for, upwards, as soon as all rows were searched. */
  #findFrom: number | null = null;
  #filterProblem: string | null = null;
  #metered: MeteredFilter | null = null;
  #line: LinePlace | null;
  #cancelRelease: Cancel | null = null;
  #snapshot: ViewerSnapshot;

  constructor(environment: LogStreamEnvironment, options: LogStreamOptions = {}) {
    this.#environment = environment;
    this.#line = options.line ?? null;
    const environments = [environment, ...(options.others ?? [])].slice(0, viewerLimits.mergedServersMax);
    const count = environments.length;
    const listener = {
      arrived: () => this.#painter.paintSoon(),
      changed: () => this.#emit(),
      filterRefused: (message: string) => this.#filterRefused(message),
    };
    this.#sources = environments.map((own, index) => new SourceStream(own, listener, { index, count }));
    const buffers = this.#sources.map(({ buffer }) => buffer);
    if (options.filter) for (const buffer of buffers) buffer.setFilter(options.filter);
    const [only = new LineBuffer(viewerLimits)] = buffers;
    this.#buffer = count === 1 ? only : new LineBuffer(viewerLimits);
    this.#merged =
      count === 1
        ? null
        : new MergedLines(buffers, this.#buffer, environment.clock, () => this.#painter.paintSoon());
    this.#list = new FollowedList(this.#buffer, environment.clock);
    this.#readers = this.#sources.map(
      (source) =>
        new HistoryReader({
          source,
          list: this.#list,
          ...(this.#merged === null ? {} : { merged: this.#buffer }),
          changed: () => this.#listChanged(),
        }),
    );
    this.#painter = new Painter(
      environment,
      () => this.#paint(),
      () => this.#emit(),
    );
    this.#buffer.listen({
      added: (row) => this.#rowAdded(row),
      removed: (row) => this.#rowRemoved(row),
      rebuilt: () => this.#list.rebuilt(),
    });
    this.#list.fold(options.folding ?? NO_FOLDING);
    this.#snapshot = this.#makeSnapshot();
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly getSnapshot = (): ViewerSnapshot => this.#snapshot;

  start(): void {
    for (const source of this.#sources) source.start();
    const line = this.#line;
    this.#line = null;
    if (line !== null) void this.#readers[0]?.openLine(line);
  }

  /** Ends the connection and all timers; `start` continues where it was. */
  stop(): void {
    for (const source of this.#sources) source.stop();
    const linked = this.#readers[0]?.linked;
    if (linked?.state === "loading") this.#line = linked.place;
    for (const reader of this.#readers) reader.stop();
    this.#cancelRelease?.();
    this.#cancelRelease = null;
    this.#painter.stop();
  }

  /** Connects now: after a refusal, or instead of waiting. `index` names one of several servers. */
  reconnect(index?: number): void {
    this.#sources.forEach((source, at) => {
      if (index === undefined || index === at) source.retry();
    });
  }

  /** The network is back: a wait for the next try ends. */
  reconnectIfWaiting(): void {
    for (const source of this.#sources) if (source.connection.phase === "waiting") source.retry();
  }

  /** Somebody is at the screen: an idle stream comes back, and the server hears of it now and then. */
  noteActivity(): void {
    for (const source of this.#sources) source.noteActivity();
  }

  /** Freezes the list: from now on nothing in it moves, and what arrives is counted. */
  pause(reason: PauseReason): void {
    if (this.#list.pause(reason)) this.#listChanged();
  }

  /** Shows the newest lines again and follows them. */
  resume(): void {
    this.#takeOver();
    for (const reader of this.#readers) reader.reset();
    if (this.#list.resume()) this.#listChanged();
  }

  /** Loads the missing lines of a gap from history, as far as they are stored. */
  loadGap(gap: GapRow): void {
    this.pause("asked");
    void this.#readers[gap.source]?.loadGap(gap);
  }

  /** Loads lines older than those shown; of one server only. */
  loadOlder(): void {
    this.pause("asked");
    void this.#readers[0]?.loadOlder();
  }

  /** Lifts the filter and keeps a line lit among its neighbours. */
  showInContext({ epoch, source, entry }: LineRow): void {
    this.pause("asked");
    for (const [index, reader] of this.#readers.entries()) {
      reader.light(index === source ? { epoch, seq: entry.seq, timestampMs: entry.timestamp } : null);
    }
    this.setFilter(NO_FILTER);
  }

  /** Filters what is shown at once, and what the server sends from then on. */
  setFilter(filter: LogFilter): void {
    this.#takeOver();
    this.#filterProblem = null;
    if (sameFilter(filter, this.#filter)) this.#emit();
    else this.#changeFilter(filter);
  }

  #changeFilter(wanted: LogFilter): void {
    const metered = meteredFilter(wanted, this.#environment.clock);
    const { filter } = metered;
    this.#metered = metered;
    for (const { buffer } of this.#sources) buffer.setFilter(filter);
    this.#merged?.release();
    if (this.#readers[0]?.isElsewhere !== true) this.#list.filtered(this.#lastSeqs);
    this.#listChanged();
    for (const source of this.#sources) source.sendFilterSoon();
    this.#checkFilter();
  }

  #checkFilter(): void {
    if (this.#metered?.isTooSlow()) this.#filterRefused(PATTERN_TOO_SLOW);
  }

  get #filter(): LogFilter {
    return this.#sources[0]?.buffer.filter ?? NO_FILTER;
  }

  /** The lines go on without the regular expression. */
  #filterRefused(message: string): void {
    const { pattern, ...rest } = this.#filter;
    if (pattern === undefined) return;
    this.#filterProblem = message;
    this.#changeFilter(rest);
  }

  /** Looks for something among the rows shown; null ends it. `from` is the row number to start above. */
  setFind(query: FindQuery | null, from: number): void {
    this.#find?.close();
    this.#find = null;
    if (query !== null && query.text !== "") {
      this.pause("find");
      const budget = { stepMs: viewerLimits.findBudgetMs, startMs: viewerLimits.findWorkerStartMs };
      const searcher = query.isRegex
        ? createRegexSearcher(query.text, () => this.#environment.startRegexWorker(), budget)
        : null;
      this.#find = new FindSession(query, searcher, () => this.#painter.paintSoon());
      this.#findFrom = from;
      this.#advanceFind();
    }
    this.#emit();
  }

  /** Makes the next or previous match current and returns its row number. */
  moveFind(direction: 1 | -1, from: number): number | null {
    this.pause("find");
    this.#findFrom = null;
    const current = this.#find?.move(direction, from) ?? null;
    this.#emit();
    return current;
  }

  /** Where a row matches the find. */
  readonly matchRanges = (n: number): MatchRanges | null => this.#find?.rangesOf(n) ?? null;

  /** Forgets the lines held and follows the stream. */
  clear(): void {
    this.#takeOver();
    for (const { buffer } of this.#sources) buffer.clear();
    this.#merged?.release();
    for (const reader of this.#readers) reader.reset();
    this.#list.reset();
    this.#listChanged();
  }

  /** How high rows are when they wrap; null when every row has the same height. */
  wrapTo(heightOf: RowHeight | null): void {
    this.#list.measure(heightOf);
    this.#emit();
  }

  /** Which lines are painted as one row. */
  setFolding(folding: Folding): void {
    const { stacks, repeats } = this.#list.folding;
    if (folding.stacks === stacks && folding.repeats === repeats) return;
    this.#takeOver();
    this.#list.fold(folding);
    this.#emit();
  }

  /** Opens or closes the lines folded with row `n`; a list that follows stands still then. */
  setGroupOpen(n: number, isOpen: boolean): void {
    this.pause("opened");
    if (this.#list.setOpen(n, isOpen)) this.#emit();
  }

  /** Row number of the row that stands for row `n` and others; null when row `n` is alone. */
  readonly groupHeadOf = (n: number): number | null => this.#list.headOf(n);

  #rowAdded(row: LogRow): void {
    if (row.kind === "line") this.#sources[row.source]?.facts.shown(row.entry);
    this.#list.added(row);
  }

  #rowRemoved(row: LogRow): void {
    this.#list.removed(row);
    if (!isErrorRow(row) && this.#list.paused === null) this.#find?.removed(row.n);
  }

  #paint(): { isFlood: boolean } {
    const before = this.#appended;
    this.#takeOver();
    if (this.#list.settle(this.#lastSeqs, this.#isFilterSent)) this.#find?.restart();
    this.#advanceFind();
    this.#emit();
    return { isFlood: this.#appended - before > viewerLimits.linesPerFrameMax };
  }

  get #appended(): number {
    return this.#sources.reduce((sum, { appended }) => sum + appended, 0);
  }

  get #lastSeqs(): readonly number[] {
    return this.#sources.map(({ lastSeq }) => lastSeq);
  }

  get #isFilterSent(): boolean {
    return this.#sources.every(({ isFilterSent }) => isFilterSent);
  }

  /** Applies every frame received so far. */
  #takeOver(): void {
    for (const source of this.#sources) source.takeOver();
    for (const reader of this.#readers) reader.advanced();
    this.#checkFilter();
    if (this.#merged === null) return;
    this.#merged.release();
    if (!this.#merged.isWaiting) return;
    this.#cancelRelease ??= this.#environment.after(viewerLimits.mergeWindowMs, () => {
      this.#cancelRelease = null;
      this.#painter.paintSoon();
    });
  }

  #listChanged(): void {
    this.#find?.restart();
    this.#advanceFind();
    this.#emit();
  }

  #advanceFind(): void {
    if (this.#find === null) return;
    const { view } = this.#list;
    this.#find.advance(view.all);
    if (this.#findFrom === null) return;
    const { total, isSearching } = this.#find.state(view.all);
    if (isSearching) return;
    if (total > 0) this.#find.move(-1, this.#findFrom);
    this.#findFrom = null;
  }

  #emit(): void {
    this.#snapshot = this.#makeSnapshot();
    if (this.#snapshot.shownRate > 0) this.#painter.tickSoon();
    for (const subscriber of this.#subscribers) subscriber();
  }

  #makeSnapshot(): ViewerSnapshot {
    const { view, paused, seenTo } = this.#list;
    const sources = this.#sources.map((source) => source.snapshot());
    const [reader] = this.#readers;
    return {
      ...combined(sources),
      sources,
      filterProblem: this.#filterProblem,
      view,
      paused,
      seenTo,
      filter: this.#filter,
      older: this.#merged === null ? (reader?.older ?? NO_OLDER) : NO_OLDER,
      linked: reader?.linked ?? null,
      lit: this.#readers.map(({ lit }) => lit).find((n) => n !== null) ?? null,
      folding: this.#list.folding,
      find: this.#find?.state(view.all) ?? NO_FIND,
      held: this.#buffer.size,
      heldMax: this.#buffer.capacity,
      liveHeightPx: this.#list.heightPx,
    };
  }
}
