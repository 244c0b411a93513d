import { logStreamLimits } from "#lib/kernel/limits/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { ConnectionState } from "./connection.ts";
import type { DecodedFrame } from "./decode-frame.ts";
import type { Cancel, LogStreamEnvironment } from "./environment.ts";
import { filterFrame, isUnfiltered, type LogFilter, NO_FILTER, sameFilter } from "./filter.ts";
import { type FindQuery, FindSession, type MatchRanges, NO_FIND } from "./find.ts";
import { FollowedList } from "./followed-list.ts";
import { LineBuffer } from "./line-buffer.ts";
import { Painter } from "./painter.ts";
import { createRegexSearcher } from "./regex-searcher.ts";
import { isErrorRow, type LogRow } from "./rows.ts";
import { type Sequenced, Sequencer } from "./sequencer.ts";
import { StreamClient } from "./stream-client.ts";
import { StreamFacts } from "./stream-facts.ts";
import type { PauseReason, ViewerSnapshot } from "./viewer-snapshot.ts";

export interface LogStreamOptions {
  readonly filter?: LogFilter;
}

/** Filter changes go out at most this often: the server closes a viewer that talks too much. */
const FILTER_SPACING_MS = 300;

/**
 * The state of one log viewer outside of React: give `subscribe` and `getSnapshot` to `useSyncExternalStore`.
 * Frames are taken over at most once per animation frame, so a flood costs one render per frame.
 */
export class LogStreamStore {
  readonly #environment: LogStreamEnvironment;
  readonly #client: StreamClient;
  readonly #painter: Painter;
  readonly #sequencer = new Sequencer({ stashEntriesMax: viewerLimits.stashEntriesMax });
  readonly #buffer = new LineBuffer(viewerLimits);
  readonly #list: FollowedList;
  readonly #facts: StreamFacts;
  readonly #subscribers = new Set<() => void>();
  #queue: DecodedFrame[] = [];
  #queuedEntries = 0;
  #appended = 0;
  #cancelFilter: Cancel | null = null;
  #filterSentMs = Number.NEGATIVE_INFINITY;
  #filterRev = 0;
  #streamFilter: LogFilter = NO_FILTER;
  #find: FindSession | null = null;
  /** Where the first match is looked for, upwards, as soon as all rows were searched. */
  #findFrom: number | null = null;
  #heightOf: ((row: LogRow) => number) | null = null;
  #liveHeightPx = 0;
  #pingedMs = Number.NEGATIVE_INFINITY;
  #snapshot: ViewerSnapshot;

  constructor(environment: LogStreamEnvironment, options: LogStreamOptions = {}) {
    this.#environment = environment;
    this.#facts = new StreamFacts(environment.clock);
    this.#list = new FollowedList(this.#buffer, environment.clock);
    this.#client = new StreamClient(environment, {
      frame: (frame) => this.#enqueue(frame),
      state: (state) => this.#connectionChanged(state),
    });
    this.#painter = new Painter(
      environment,
      () => this.#paint(),
      () => this.#emit(),
    );
    this.#buffer.listen({
      added: (row) => this.#rowAdded(row),
      removed: (row) => this.#rowRemoved(row),
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
    this.#painter.stop();
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
    if (state.phase === "live" && nowMs - this.#pingedMs >= viewerLimits.activityPingMs) {
      this.#pingedMs = nowMs;
      this.#client.send({ type: "ping" });
    }
  }

  /** Freezes the list: from now on nothing in it moves, and what arrives is counted. */
  pause(reason: PauseReason): void {
    if (this.#list.pause(reason)) this.#listChanged();
  }

  /** Shows the newest lines again and follows them. */
  resume(): void {
    this.#takeOver();
    if (this.#list.resume()) this.#listChanged();
  }

  /** Filters what is shown at once, and what the server sends from then on. */
  setFilter(filter: LogFilter): void {
    this.#takeOver();
    if (sameFilter(filter, this.#buffer.filter)) return;
    this.#buffer.setFilter(filter);
    this.#list.filtered(this.#sequencer.last);
    this.#listChanged();
    this.#sendFilterSoon();
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
    this.#buffer.clear();
    this.#list.reset();
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
    if (frame.type === "heartbeat") this.#facts.heartbeat(frame);
    this.#queue.push(frame);
    this.#queuedEntries += frame.type === "logs" ? frame.entries.length : 0;
    if (this.#queuedEntries > viewerLimits.pendingEntriesMax) this.#takeOver();
    this.#painter.paintSoon();
  }

  #greet(frame: Extract<DecodedFrame, { type: "hello" }>): void {
    const isFirst = this.#sequencer.epoch === null;
    this.#facts.hello(frame);
    // Under a filter few lines of the ring are sent, so all of it may be asked for.
    const backfillLinesMax = isUnfiltered(this.#buffer.filter)
      ? viewerLimits.backfillLinesMax
      : logStreamLimits.ringEntriesMax;
    for (const item of this.#sequencer.hello(frame, backfillLinesMax)) this.#append(item);
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

  #sendFilterSoon(): void {
    if (this.#cancelFilter !== null) return;
    const sinceMs = this.#environment.clock.monotonicMs() - this.#filterSentMs;
    const send = (): void => {
      this.#cancelFilter = null;
      if (this.#client.state.phase !== "live" || this.#isFilterSent()) return;
      this.#takeOver();
      this.#applyFilter();
      this.#emit();
    };
    if (sinceMs >= FILTER_SPACING_MS) send();
    else this.#cancelFilter = this.#environment.after(FILTER_SPACING_MS - sinceMs, send);
  }

  #isFilterSent(): boolean {
    return sameFilter(this.#buffer.filter, this.#streamFilter);
  }

  #sendOutgoing(): void {
    for (const frame of this.#sequencer.takeOutgoing()) this.#client.send(frame);
  }

  #connectionChanged(state: ConnectionState): void {
    this.#takeOver();
    if (state.phase !== "live") {
      this.#sequencer.disconnected();
      this.#facts.disconnected();
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
    if (frame.type === "logs" || frame.type === "dropped") {
      for (const item of this.#sequencer.accept(frame)) this.#append(item);
    } else if (frame.type === "heartbeat") {
      for (const item of this.#sequencer.heartbeat(!isUnfiltered(this.#streamFilter))) this.#append(item);
    } else if (frame.type === "status") this.#facts.status(frame);
  }

  #append(item: Sequenced): void {
    this.#buffer.append(item);
    if (item.kind !== "lines") return;
    this.#appended += item.entries.length;
    this.#facts.lines(item.entries);
  }

  #rowAdded(row: LogRow): void {
    if (this.#heightOf) this.#liveHeightPx += this.#heightOf(row);
    if (row.kind !== "line") return;
    this.#facts.shown(row.entry);
    this.#list.lineAdded(row);
  }

  #rowRemoved(row: LogRow): void {
    if (this.#heightOf) this.#liveHeightPx -= this.#heightOf(row);
    if (!isErrorRow(row) && this.#list.paused === null) this.#find?.removed(row.n);
  }

  #paint(): { isFlood: boolean } {
    const before = this.#appended;
    this.#takeOver();
    if (this.#list.settle(this.#sequencer.last, this.#isFilterSent())) this.#find?.restart();
    this.#advanceFind();
    this.#emit();
    return { isFlood: this.#appended - before > viewerLimits.linesPerFrameMax };
  }

  #listChanged(): void {
    this.#find?.restart();
    this.#advanceFind();
    this.#emit();
  }

  #advanceFind(): void {
    if (this.#find === null) return;
    const { view } = this.#list;
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
    for (const row of this.#buffer.shownRows()) this.#liveHeightPx += heightOf(row);
  }

  #emit(): void {
    this.#snapshot = this.#makeSnapshot();
    if (this.#snapshot.shownRate > 0) this.#painter.tickSoon();
    for (const subscriber of this.#subscribers) subscriber();
  }

  #makeSnapshot(): ViewerSnapshot {
    const { view, paused, seenTo } = this.#list;
    return {
      ...this.#facts.snapshot(),
      connection: this.#client.state,
      view,
      paused,
      seenTo,
      filter: this.#buffer.filter,
      find: this.#find?.state(view) ?? NO_FIND,
      dropped: this.#buffer.dropped,
      held: this.#buffer.size,
      heldMax: this.#buffer.capacity,
      liveHeightPx: this.#liveHeightPx,
    };
  }
}
