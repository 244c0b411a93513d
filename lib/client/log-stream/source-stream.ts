import { logStreamLimits } from "#lib/kernel/limits/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { ConnectionState } from "./connection.ts";
import type { DecodedFrame } from "./decode-frame.ts";
import type { Cancel, LogStreamEnvironment } from "./environment.ts";
import { filterFrame, isUnfiltered, type LogFilter, NO_FILTER, sameFilter } from "./filter.ts";
import { LineBuffer } from "./line-buffer.ts";
import { Sequencer } from "./sequencer.ts";
import { StreamClient } from "./stream-client.ts";
import { StreamFacts } from "./stream-facts.ts";
import type { SourceSnapshot } from "./viewer-snapshot.ts";

/** What a stream tells the viewer that shows it. */
export interface SourceListener {
  /** Frames arrived: take them over before the next paint. */
  arrived(): void;
  /** The connection changed, or the stream began. */
  changed(): void;
  /** The server took the filter's regular expression away, or could not read it. */
  filterRefused(message: string): void;
}

/** Filter changes go out at most this often: the server closes a viewer that talks too much. */
const FILTER_SPACING_MS = 300;

/** The stream of one server: its connection, its lines in order, and what the server was told to leave out. */
export class SourceStream {
  readonly environment: LogStreamEnvironment;
  readonly buffer: LineBuffer;
  readonly facts: StreamFacts;
  readonly #client: StreamClient;
  readonly #listener: SourceListener;
  readonly #sequencer = new Sequencer({ stashEntriesMax: viewerLimits.stashEntriesMax });
  #queue: DecodedFrame[] = [];
  #queuedEntries = 0;
  #appended = 0;
  #cancelFilter: Cancel | null = null;
  #filterSentMs = Number.NEGATIVE_INFINITY;
  #filterRev = 0;
  #streamFilter: LogFilter = NO_FILTER;
  #pingedMs = Number.NEGATIVE_INFINITY;
  #replayedTo = Number.POSITIVE_INFINITY;

  /** `of`: which of how many streams of one viewer it is; together they hold what one viewer may. */
  constructor(
    environment: LogStreamEnvironment,
    listener: SourceListener,
    of: { readonly index: number; readonly count: number } = { index: 0, count: 1 },
  ) {
    this.environment = environment;
    this.#listener = listener;
    this.buffer = new LineBuffer({
      ringLinesMax: Math.ceil(viewerLimits.ringLinesMax / of.count),
      errorRingLinesMax: Math.ceil(viewerLimits.errorRingLinesMax / of.count),
      source: of.index,
    });
    this.facts = new StreamFacts(environment.clock);
    this.#client = new StreamClient(environment, {
      frame: (frame) => this.#enqueue(frame),
      state: (state) => this.#connectionChanged(state),
    });
  }

  get connection(): ConnectionState {
    return this.#client.state;
  }

  /** The life of the server's log that is shown; null before the first connection. */
  get epoch(): string | null {
    return this.#sequencer.epoch;
  }

  /** Sequence number of the last line that is accounted for. */
  get lastSeq(): number {
    return this.#sequencer.last;
  }

  /** Lines taken over since the viewer began. */
  get appended(): number {
    return this.#appended;
  }

  /** True when everything that the server held at the first connection was shown or declared missing. */
  get hasReplayed(): boolean {
    return this.#sequencer.last >= this.#replayedTo;
  }

  start(): void {
    this.#client.start();
  }

  stop(): void {
    this.#client.stop();
    this.takeOver();
    this.#cancelFilter?.();
    this.#cancelFilter = null;
  }

  retry(): void {
    this.#client.retry();
  }

  noteActivity(): void {
    const { state } = this.#client;
    if (state.phase === "refused" && state.reason === "idle") this.#client.retry();
    const nowMs = this.environment.clock.monotonicMs();
    if (state.phase === "live" && nowMs - this.#pingedMs >= viewerLimits.activityPingMs) {
      this.#pingedMs = nowMs;
      this.#client.send({ type: "ping" });
    }
  }

  /** Applies every frame received so far. */
  takeOver(): void {
    if (this.#queue.length === 0) return;
    const frames = this.#queue;
    this.#queue = [];
    this.#queuedEntries = 0;
    for (const frame of frames) this.#apply(frame);
    this.#sendOutgoing();
  }

  /** Tells the server about the buffer's filter, now or as soon as it may be told again. */
  sendFilterSoon(): void {
    if (this.#cancelFilter !== null) return;
    const sinceMs = this.environment.clock.monotonicMs() - this.#filterSentMs;
    const send = (): void => {
      this.#cancelFilter = null;
      if (this.#client.state.phase !== "live" || this.isFilterSent) return;
      this.takeOver();
      this.#applyFilter();
      this.#listener.changed();
    };
    if (sinceMs >= FILTER_SPACING_MS) send();
    else this.#cancelFilter = this.environment.after(FILTER_SPACING_MS - sinceMs, send);
  }

  get isFilterSent(): boolean {
    return sameFilter(this.buffer.filter, this.#streamFilter);
  }

  snapshot(): SourceSnapshot {
    return { ...this.facts.snapshot(), connection: this.#client.state, dropped: this.buffer.dropped };
  }

  #enqueue(frame: DecodedFrame): void {
    if (frame.type === "hello") {
      this.takeOver();
      this.#greet(frame);
      this.#listener.changed();
      return;
    }
    if (frame.type === "heartbeat") this.facts.heartbeat(frame);
    this.#queue.push(frame);
    this.#queuedEntries += frame.type === "logs" ? frame.entries.length : 0;
    if (this.#queuedEntries > viewerLimits.pendingEntriesMax) this.takeOver();
    this.#listener.arrived();
  }

  #greet(frame: Extract<DecodedFrame, { type: "hello" }>): void {
    const isFirst = this.#sequencer.epoch === null;
    this.facts.hello(frame);
    // Under a filter few lines of the ring are sent, so all of it may be asked for.
    const backfillLinesMax = isUnfiltered(this.buffer.filter)
      ? viewerLimits.backfillLinesMax
      : logStreamLimits.ringEntriesMax;
    for (const item of this.#sequencer.hello(frame, backfillLinesMax)) this.buffer.append(item);
    if (isFirst) {
      this.buffer.liveAfter(frame.head);
      this.#replayedTo = frame.head;
    }
    this.#filterRev = 0;
    this.#streamFilter = NO_FILTER;
    this.#applyFilter();
  }

  /** Tells the server about the filter and asks for the lines that follow the ones held. */
  #applyFilter(): void {
    const { filter } = this.buffer;
    this.#filterSentMs = this.environment.clock.monotonicMs();
    if (!sameFilter(filter, this.#streamFilter)) {
      this.#filterRev++;
      this.#client.send(filterFrame(this.#filterRev, filter));
      this.#streamFilter = filter;
    }
    this.#sequencer.restart(this.#filterRev, this.buffer.restart(this.#sequencer.last));
    this.#sendOutgoing();
  }

  #sendOutgoing(): void {
    for (const frame of this.#sequencer.takeOutgoing()) this.#client.send(frame);
  }

  #connectionChanged(state: ConnectionState): void {
    this.takeOver();
    if (state.phase !== "live") {
      this.#sequencer.disconnected();
      this.facts.disconnected();
    }
    this.#listener.changed();
  }

  #apply(frame: DecodedFrame): void {
    if (frame.type === "logs" || frame.type === "dropped") {
      for (const item of this.#sequencer.accept(frame)) {
        this.buffer.append(item);
        if (item.kind !== "lines") continue;
        this.#appended += item.entries.length;
        this.facts.lines(item.entries);
      }
    } else if (frame.type === "heartbeat") {
      const isFiltered = !isUnfiltered(this.#streamFilter);
      for (const item of this.#sequencer.heartbeat(isFiltered)) this.buffer.append(item);
    } else if (frame.type === "status") this.facts.status(frame);
    else if (frame.type === "error" && (frame.code === "filter_too_slow" || frame.code === "invalid_filter"))
      this.#listener.filterRefused(frame.message);
  }
}
