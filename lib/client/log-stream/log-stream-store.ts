import { limits } from "#lib/kernel/limits.ts";
import type { ConnectionState } from "./connection.ts";
import type { DecodedFrame } from "./decode-frame.ts";
import type { Cancel, LogStreamEnvironment } from "./environment.ts";
import { filterFrame, isUnfiltered, type LogFilter, NO_FILTER, sameFilter } from "./filter.ts";
import { type FindQuery, FindSession, type FindState, type MatchRanges, NO_FIND } from "./find.ts";
import { LineBuffer } from "./line-buffer.ts";
import { LagMeter, RateMeter } from "./meters.ts";
import { createRegexSearcher } from "./regex-searcher.ts";
import { isErrorRow, type LogRow } from "./rows.ts";
import { type Sequenced, Sequencer } from "./sequencer.ts";
import { StreamClient } from "./stream-client.ts";

export type PauseReason = "scroll" | "key" | "selection" | "opened" | "find" | "asked";

/** The rows to paint. A frozen list never changes; a live one is valid until the next snapshot. */
export interface RowsView {
  readonly isFrozen: boolean;
  /** Changes when the list is another one, not when rows were appended. */
  readonly revision: number;
  readonly count: number;
  /** Position of the first row: `position + index` stays with a row while others come and go. */
  readonly firstPosition: number;
  rowAt(index: number): LogRow | undefined;
}

export interface PauseState {
  readonly reason: PauseReason;
  /** Lines that arrived since, and how many of them were errors. */
  readonly newLines: number;
  readonly newErrors: number;
}

export interface ViewerSnapshot {
  readonly connection: ConnectionState;
  readonly view: RowsView;
  readonly paused: PauseState | null;
  readonly filter: LogFilter;
  readonly find: FindState;
  readonly viewers: number | null;
  readonly viewersMax: number;
  /** Days that lines are kept as the server says; null before the first connection. */
  readonly retentionDays: number | null;
  /** Lines per second: of the server, and of what is shown here. */
  readonly serverRate: number | null;
  readonly shownRate: number;
  readonly lagMs: number | null;
  readonly dropped: number;
  readonly held: number;
  readonly heldMax: number;
  /** Lines that arrived live, and how many of them were errors. */
  readonly received: number;
  readonly errors: number;
  /** Height of a live list when rows wrap; see `wrapTo`. */
  readonly liveHeightPx: number;
  /** Row number of the newest row that was there at the last pause; a line is drawn behind it. Null: none. */
  readonly seenTo: number | null;
}

export interface LogStreamOptions {
  readonly filter?: LogFilter;
  /** Lines that a fresh viewer opens with. */
  readonly backfillLinesMax?: number;
}

/** Filter changes go out at most this often. */
const FILTER_SPACING_MS = 300;
/** A wider filter has the server send lines again; a paused list takes them over for at most this long. */
const SETTLE_MS = 2_000;
const RATE_TICK_MS = 1_000;

/**
 * The state of one log viewer outside of React: give `subscribe` and `getSnapshot` to `useSyncExternalStore`.
 * Frames are taken over at most once per animation frame, so a flood costs one render per frame.
 */
export class LogStreamStore {
  readonly #environment: LogStreamEnvironment;
  readonly #client: StreamClient;
  readonly #sequencer = new Sequencer({ stashEntriesMax: limits.viewer.stashEntriesMax });
  readonly #buffer = new LineBuffer(limits.viewer);
  readonly #rate = new RateMeter();
  readonly #lag = new LagMeter();
  readonly #subscribers = new Set<() => void>();
  readonly #backfillLinesMax: number;
  #queue: DecodedFrame[] = [];
  #queuedEntries = 0;
  #cancelPaint: Cancel | null = null;
  #cancelTick: Cancel | null = null;
  #cancelFilter: Cancel | null = null;
  #filterSentMs = Number.NEGATIVE_INFINITY;
  #filterRev = 0;
  #streamFilter: LogFilter = NO_FILTER;
  #frozen: readonly LogRow[] | null = null;
  #frozenFirst = 0;
  #frozenView: RowsView | null = null;
  #paused: PauseState | null = null;
  #settle: { readonly seq: number; readonly untilMs: number } | null = null;
  #seenTo: number | null = null;
  #revision = 0;
  #find: FindSession | null = null;
  #findFrom: number | null = null;
  #heightOf: ((row: LogRow) => number) | null = null;
  #liveHeightPx = 0;
  #viewers: number | null = null;
  #viewersMax: number = limits.logStream.viewersPerServerMax;
  #retentionDays: number | null = null;
  #serverRate: number | null = null;
  /** Lines up to here were written before this connection, so their age says nothing about its speed. */
  #replayedTo = 0;
  #received = 0;
  #errors = 0;
  #lastRow = -1;
  #appended = 0;
  #isResting = false;
  #pingedMs = Number.NEGATIVE_INFINITY;
  #snapshot: ViewerSnapshot;

  constructor(environment: LogStreamEnvironment, options: LogStreamOptions = {}) {
    this.#environment = environment;
    this.#backfillLinesMax = options.backfillLinesMax ?? limits.viewer.backfillLinesMax;
    this.#client = new StreamClient(environment, {
      frame: (frame) => this.#enqueue(frame),
      state: (state) => this.#connectionChanged(state),
    });
    this.#buffer.listen({
      added: (row) => this.#rowAdded(row),
      removed: (row) => {
        if (this.#heightOf) this.#liveHeightPx -= this.#heightOf(row);
        if (!isErrorRow(row) && this.#frozen === null) this.#find?.removed(row.n);
      },
      rebuilt: () => this.#measureAll(),
    });
    if (options.filter) this.#buffer.setFilter(options.filter);
    this.#snapshot = this.#makeSnapshot();
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  readonly getSnapshot = (): ViewerSnapshot => this.#snapshot;

  start(): void {
    this.#client.start();
  }

  /** Ends the connection and all timers; `start` continues where it was. */
  stop(): void {
    this.#client.stop();
    this.#takeOver();
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    this.#cancelTick?.();
    this.#cancelTick = null;
    this.#cancelFilter?.();
    this.#cancelFilter = null;
  }

  /** Connects now: after a refusal, or instead of waiting. */
  reconnect(): void {
    this.#client.retry();
  }

  /** The network is back: a wait for the next try ends. */
  reconnectIfWaiting(): void {
    if (this.#client.state.phase === "waiting") this.#client.retry();
  }

  /** Somebody is at the screen: an idle stream comes back, and the server hears of it now and then. */
  noteActivity(): void {
    const { state } = this.#client;
    if (state.phase === "refused" && state.reason === "idle") this.#client.retry();
    const nowMs = this.#environment.clock.monotonicMs();
    if (state.phase === "live" && nowMs - this.#pingedMs >= limits.viewer.activityPingMs) {
      this.#pingedMs = nowMs;
      this.#client.send({ type: "ping" });
    }
  }

  /** Freezes the list: from now on nothing in it moves, and what arrives is counted. */
  pause(reason: PauseReason): void {
    if (this.#paused !== null) return;
    this.#freeze();
    this.#paused = { reason, newLines: 0, newErrors: 0 };
    this.#seenTo = null;
    this.#listChanged();
  }

  /** Shows the newest lines again and follows them. */
  resume(): void {
    if (this.#paused === null) return;
    this.#takeOver();
    this.#seenTo = this.#paused.newLines > 0 ? this.#lastRow : null;
    this.#frozen = null;
    this.#paused = null;
    this.#settle = null;
    this.#listChanged();
  }

  /** Filters what is shown at once, and what the server sends from then on. */
  setFilter(filter: LogFilter): void {
    this.#takeOver();
    if (sameFilter(filter, this.#buffer.filter)) return;
    this.#buffer.setFilter(filter);
    if (this.#frozen !== null) {
      this.#freeze();
      this.#settle = {
        seq: this.#sequencer.last,
        untilMs: this.#environment.clock.monotonicMs() + SETTLE_MS,
      };
    }
    this.#listChanged();
    this.#sendFilterSoon();
  }

  /** Looks for something among the rows shown; null ends it. `from` is the row number to start above. */
  setFind(query: FindQuery | null, from: number): void {
    this.#find?.close();
    this.#find = null;
    if (query !== null && query.text !== "") {
      this.pause("find");
      const searcher = query.isRegex
        ? createRegexSearcher(query.text, () => this.#environment.startRegexWorker(), {
            stepMs: limits.viewer.findBudgetMs,
            startMs: limits.viewer.findWorkerStartMs,
          })
        : null;
      this.#find = new FindSession(query, searcher, () => this.#paintSoon());
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
    this.#buffer.clear();
    this.#frozen = null;
    this.#paused = null;
    this.#seenTo = null;
    this.#listChanged();
  }

  /** How high rows are when they wrap; null when every row has the same height. */
  wrapTo(heightOf: ((row: LogRow) => number) | null): void {
    this.#heightOf = heightOf;
    this.#measureAll();
    this.#emit();
  }

  #enqueue(frame: DecodedFrame): void {
    if (frame.type === "hello") {
      this.#takeOver();
      this.#greet(frame);
      this.#emit();
      return;
    }
    if (frame.type === "heartbeat") this.#lag.heartbeat(frame.at, this.#environment.clock.nowMs());
    this.#queue.push(frame);
    this.#queuedEntries += frame.type === "logs" ? frame.entries.length : 0;
    if (this.#queuedEntries > limits.viewer.pendingEntriesMax) this.#takeOver();
    this.#paintSoon();
  }

  #greet(frame: Extract<DecodedFrame, { type: "hello" }>): void {
    const isFirst = this.#sequencer.epoch === null;
    this.#replayedTo = frame.head;
    this.#viewers = frame.viewers;
    this.#viewersMax = frame.viewersMax;
    this.#retentionDays = frame.retention;
    // Under a filter few lines of the ring are sent, so all of it may be asked for.
    const isFiltered = !isUnfiltered(this.#buffer.filter);
    const backfill = isFiltered ? limits.logStream.ringEntriesMax : this.#backfillLinesMax;
    for (const item of this.#sequencer.hello(frame, backfill)) this.#append(item);
    if (isFirst) this.#buffer.liveAfter(frame.head);
    this.#filterRev = 0;
    this.#streamFilter = NO_FILTER;
    this.#applyFilter();
  }

  /** Tells the server about the filter and asks for the lines that follow the ones held. */
  #applyFilter(): void {
    const { filter } = this.#buffer;
    this.#filterSentMs = this.#environment.clock.monotonicMs();
    if (!sameFilter(filter, this.#streamFilter)) {
      this.#filterRev++;
      this.#client.send(filterFrame(this.#filterRev, filter));
      this.#streamFilter = filter;
    }
    this.#sequencer.restart(this.#filterRev, this.#buffer.restart(this.#sequencer.last));
    this.#sendOutgoing();
  }

  /** At most a few filter changes per second go out: the server closes a viewer that talks too much. */
  #sendFilterSoon(): void {
    if (this.#cancelFilter !== null) return;
    const sinceMs = this.#environment.clock.monotonicMs() - this.#filterSentMs;
    const send = (): void => {
      this.#cancelFilter = null;
      if (this.#client.state.phase !== "live" || sameFilter(this.#buffer.filter, this.#streamFilter)) return;
      this.#takeOver();
      this.#applyFilter();
      this.#emit();
    };
    if (sinceMs >= FILTER_SPACING_MS) send();
    else this.#cancelFilter = this.#environment.after(FILTER_SPACING_MS - sinceMs, send);
  }

  #sendOutgoing(): void {
    for (const frame of this.#sequencer.takeOutgoing()) this.#client.send(frame);
  }

  #connectionChanged(state: ConnectionState): void {
    this.#takeOver();
    if (state.phase !== "live") {
      this.#sequencer.disconnected();
      this.#serverRate = null;
      this.#viewers = null;
    }
    this.#emit();
  }

  /** Applies every frame received so far. */
  #takeOver(): void {
    if (this.#queue.length === 0) return;
    const frames = this.#queue;
    this.#queue = [];
    this.#queuedEntries = 0;
    for (const frame of frames) this.#apply(frame);
    this.#sendOutgoing();
  }

  #apply(frame: DecodedFrame): void {
    switch (frame.type) {
      case "logs":
      case "dropped":
        for (const item of this.#sequencer.accept(frame)) this.#append(item);
        return;
      case "heartbeat":
        this.#serverRate = frame.linesPerSecond;
        for (const item of this.#sequencer.heartbeat(!isUnfiltered(this.#streamFilter))) this.#append(item);
        return;
      case "status":
        this.#viewers = frame.viewers;
        this.#viewersMax = frame.viewersMax;
        return;
      default:
        return;
    }
  }

  #append(item: Sequenced): void {
    this.#buffer.append(item);
    if (item.kind !== "lines") return;
    this.#appended += item.entries.length;
    const newest = item.entries[item.entries.length - 1];
    if (newest === undefined || newest.seq <= this.#replayedTo) return;
    this.#lag.line(newest.timestamp, this.#environment.clock.nowMs());
    for (const entry of item.entries) {
      if (entry.seq <= this.#replayedTo) continue;
      this.#received++;
      if (entry.level === "error") this.#errors++;
    }
  }

  #rowAdded(row: LogRow): void {
    if (this.#heightOf) this.#liveHeightPx += this.#heightOf(row);
    if (row.kind !== "line") return;
    if (row.entry.seq > this.#replayedTo) this.#rate.add(1, this.#environment.clock.monotonicMs());
    if (this.#paused !== null && this.#settle === null) {
      this.#paused = {
        reason: this.#paused.reason,
        newLines: this.#paused.newLines + 1,
        newErrors: this.#paused.newErrors + (row.entry.level === "error" ? 1 : 0),
      };
    }
  }

  #paintSoon(): void {
    this.#cancelPaint ??= this.#environment.beforePaint(() => {
      this.#cancelPaint = null;
      if (this.#isResting) {
        this.#isResting = false;
        this.#paintSoon();
        return;
      }
      const before = this.#appended;
      this.#takeOver();
      // More than a screen of lines at once replaces all there is to see: every second frame then stays free.
      this.#isResting = this.#appended - before > limits.viewer.linesPerFrameMax;
      this.#settleFrozen();
      this.#advanceFind();
      this.#emit();
    });
  }

  /** Lines that a wider filter brought back belong into the frozen list; then it is frozen for good. */
  #settleFrozen(): void {
    if (this.#settle === null || this.#frozen === null || this.#paused === null) return;
    this.#freeze();
    this.#revision++;
    this.#find?.restart();
    const isDone =
      this.#sequencer.last >= this.#settle.seq && sameFilter(this.#buffer.filter, this.#streamFilter);
    if (isDone || this.#environment.clock.monotonicMs() >= this.#settle.untilMs) this.#settle = null;
  }

  #freeze(): void {
    const rows = this.#buffer.shownRows();
    this.#frozen = rows;
    this.#frozenFirst = this.#buffer.shownFirst;
    this.#lastRow = rows[rows.length - 1]?.n ?? -1;
  }

  #listChanged(): void {
    this.#revision++;
    this.#find?.restart();
    this.#advanceFind();
    this.#emit();
  }

  #advanceFind(): void {
    if (this.#find === null) return;
    const view = this.#view();
    this.#find.advance(view);
    if (this.#findFrom === null) return;
    const { total, isSearching } = this.#find.state(view);
    if (isSearching) return;
    if (total > 0) this.#find.move(-1, this.#findFrom);
    this.#findFrom = null;
  }

  #measureAll(): void {
    this.#liveHeightPx = 0;
    const heightOf = this.#heightOf;
    if (heightOf === null) return;
    for (let index = 0; index < this.#buffer.shownCount; index++) {
      const row = this.#buffer.shownAt(index);
      if (row) this.#liveHeightPx += heightOf(row);
    }
  }

  #view(): RowsView {
    const frozen = this.#frozen;
    const revision = this.#revision;
    if (frozen !== null) {
      // One object for as long as the list stays the same, so that its layout is made once.
      if (this.#frozenView?.revision !== revision) {
        this.#frozenView = {
          isFrozen: true,
          revision,
          count: frozen.length,
          firstPosition: this.#frozenFirst,
          rowAt: (index) => frozen[index],
        };
      }
      return this.#frozenView;
    }
    return {
      isFrozen: false,
      revision,
      count: this.#buffer.shownCount,
      firstPosition: this.#buffer.shownFirst,
      rowAt: (index) => this.#buffer.shownAt(index),
    };
  }

  #emit(): void {
    this.#snapshot = this.#makeSnapshot();
    if (this.#snapshot.shownRate > 0) this.#tickSoon();
    for (const subscriber of this.#subscribers) subscriber();
  }

  /** The rate falls also when nothing arrives. */
  #tickSoon(): void {
    this.#cancelTick ??= this.#environment.after(RATE_TICK_MS, () => {
      this.#cancelTick = null;
      this.#emit();
    });
  }

  #makeSnapshot(): ViewerSnapshot {
    const view = this.#view();
    return {
      connection: this.#client.state,
      view,
      paused: this.#paused,
      filter: this.#buffer.filter,
      find: this.#find?.state(view) ?? NO_FIND,
      viewers: this.#viewers,
      viewersMax: this.#viewersMax,
      retentionDays: this.#retentionDays,
      serverRate: this.#serverRate,
      shownRate: this.#rate.perSecond(this.#environment.clock.monotonicMs()),
      lagMs: this.#lag.lagMs,
      dropped: this.#buffer.dropped,
      held: this.#buffer.size,
      heldMax: this.#buffer.capacity,
      received: this.#received,
      errors: this.#errors,
      liveHeightPx: this.#liveHeightPx,
      seenTo: this.#seenTo,
    };
  }
}
