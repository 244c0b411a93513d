import type { Buffer } from "node:buffer";
import { LOG_STREAM_CLOSE } from "#lib/contract/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isPatternProblem } from "#lib/kernel/line-pattern.ts";
import type { TimeBudget } from "#lib/kernel/time-budget.ts";
import type { ConsoleFact } from "./facts.ts";
import type { LogRing } from "./log-ring.ts";
import { PatternMeter } from "./pattern-meter.ts";
import { SlowViewer } from "./slow-viewer.ts";
import { encodeBatch, encodeFrame } from "./stream-frames.ts";
import { type CompiledFilter, compileFilter, EVERYTHING, type ViewerFilter } from "./viewer-filter.ts";

const { batchEntriesMax, replayEntriesPerTurnMax, viewerBufferedBytesMax, viewerDrainedBytesMax } =
  limits.logStream;

/** How the hub reaches one viewer. Calls never throw and never block. */
export interface ViewerTransport {
  /** Bytes accepted by `send` that the network has not taken yet. */
  bufferedBytes(): number;
  send(frame: Buffer): void;
  close(code: number, reason: string): void;
}

/** A filter as a viewer asked for it: its regular expression was not read yet. */
export interface WantedFilter extends Omit<ViewerFilter, "pattern"> {
  readonly regex?: string;
}

const TOO_SLOW = "The regular expression took too long for these lines and was taken away.";

/** The stream that a viewer watches. */
export interface WatchedStream {
  readonly epoch: string;
  readonly ring: LogRing;
}

/** Frames made during one flush: viewers that want the same bytes share them. */
export type SharedFrames = Map<string, { frame: Buffer | null; to: number }>;

/**
 * One viewer's place in a stream. It never slows anybody: what its connection does not take is counted, and told in
 * one `dropped` frame once the connection takes bytes again. Frames are contiguous, see `ServerFrame`.
 */
export class HubViewer {
  readonly #stream: WatchedStream;
  readonly #transport: ViewerTransport;
  readonly #clock: Clock;
  readonly #patterns: PatternMeter;
  #wanted: ViewerFilter = { rev: 0 };
  #filter: CompiledFilter = EVERYTHING;
  /** Told as soon as the connection takes it. */
  #notice: { code: "invalid_filter" | "filter_too_slow"; message: string } | null = null;
  /** Every line up to here was looked at. */
  #cursor: number;
  /** Every line up to here is accounted for in a frame. */
  #toldTo: number;
  #isPaused = false;
  #isReplaying = false;
  #slow: SlowViewer | null = null;
  #lastDeliveryMs: number;
  #stalledBytes = 0;
  #stalledSinceMs: number | null = null;

  constructor(
    stream: WatchedStream,
    {
      transport,
      clock,
      patternBudget,
    }: { transport: ViewerTransport; clock: Clock; patternBudget: TimeBudget },
  ) {
    this.#stream = stream;
    this.#transport = transport;
    this.#clock = clock;
    this.#patterns = new PatternMeter(patternBudget, () => clock.monotonicMs());
    this.#cursor = stream.ring.head;
    this.#toldTo = stream.ring.head;
    this.#lastDeliveryMs = clock.monotonicMs();
  }

  /** When the viewer last got an entry, on the monotonic clock; when it came, if it never did. */
  get lastDeliveryMs(): number {
    return this.#lastDeliveryMs;
  }

  /** True while there is more to do than new lines will trigger. */
  get isLagging(): boolean {
    return this.#slow !== null || (this.#isReplaying && !this.#isPaused);
  }

  /**
   * What follows is chosen by `wanted`; batches carry its revision. A regular expression that cannot be read leaves
   * the filter as it was, one that comes when they took too long already is left out; the viewer is told of both.
   */
  setFilter({ regex, ...rest }: WantedFilter): void {
    this.#notice = null;
    this.#setCompiled(rest, regex);
    this.#tellNotice();
  }

  #setCompiled(filter: ViewerFilter, regex: string | undefined): void {
    if (regex === undefined || regex === "") {
      this.#use(filter);
    } else if (this.#patterns.isOverdrawn) {
      this.#notice = { code: "filter_too_slow", message: TOO_SLOW };
      this.#use(filter);
    } else {
      const pattern = this.#patterns.compile(regex);
      if (isPatternProblem(pattern)) this.#notice = { code: "invalid_filter", message: pattern.problem };
      else this.#use({ ...filter, pattern });
    }
  }

  #use(filter: ViewerFilter): void {
    this.#wanted = filter;
    this.#filter = compileFilter(filter);
  }

  /** Sends no lines until `play`. The place is kept, as long as the ring reaches back to it. */
  pause(): void {
    this.#isPaused = true;
  }

  play(): void {
    this.#isPaused = false;
    this.#isReplaying = true;
  }

  /** Goes back to the line after `after`, and says at once what can no longer be replayed. */
  resume(epoch: string, after: number): void {
    const { ring } = this.#stream;
    this.#slow = null;
    this.#isReplaying = true;
    if (epoch !== this.#stream.epoch) {
      this.#tellDropped(1, ring.tail - 1, "epoch_changed");
      return;
    }
    this.#cursor = Math.min(after, ring.head);
    this.#toldTo = this.#cursor;
    this.#skipGone();
  }

  /** Sends what the connection takes. `nowMs` is monotonic. */
  advance(shared: SharedFrames, nowMs: number): void {
    this.#patterns.beginTurn();
    this.#sendDue(shared, nowMs);
    if (this.#wanted.pattern !== undefined && this.#patterns.isOverdrawn) {
      const { pattern: _tooSlow, ...rest } = this.#wanted;
      this.#use(rest);
      this.#notice = { code: "filter_too_slow", message: TOO_SLOW };
    }
    this.#tellNotice();
  }

  #tellNotice(): void {
    if (this.#notice === null || this.#slow) return;
    this.#transport.send(encodeFrame({ type: "error", ...this.#notice }));
    this.#notice = null;
  }

  #sendDue(shared: SharedFrames, nowMs: number): void {
    if (this.#slow) this.#advanceSlow(this.#slow, nowMs);
    else if (this.#isPaused) return;
    else if (this.#isReplaying) this.#replay(shared, nowMs);
    else if (this.#transport.bufferedBytes() > viewerBufferedBytesMax) {
      this.#slow = new SlowViewer(nowMs, this.#transport.bufferedBytes());
      this.#advanceSlow(this.#slow, nowMs);
    } else {
      this.#skipGone();
      while (this.#cursor < this.#stream.ring.head && !this.#patterns.isTurnOver) this.#sendBatch(shared);
      // What was left for the next turn is caught up like a replay.
      this.#isReplaying = this.#cursor < this.#stream.ring.head;
    }
  }

  /**
   * Accounts for lines that were looked at and did not match, with an empty batch. A viewer whose filter lets nothing
   * through would else take them for lost when it resumes from the last line it was sent.
   */
  tellPlace(): void {
    if (this.#slow || this.#isPaused || this.#isReplaying || this.#cursor === this.#toldTo) return;
    const { epoch } = this.#stream;
    const batch = { epoch, from: this.#toldTo + 1, to: this.#cursor, filterRev: this.#filter.rev, facts: [] };
    this.#toldTo = this.#cursor;
    this.#transport.send(encodeBatch(batch));
  }

  /** Sends a frame that carries no position, unless the viewer is too slow for it. */
  tell(frame: Buffer): void {
    if (!this.#slow) this.#transport.send(frame);
  }

  close(code: number, reason: string): void {
    this.#transport.close(code, reason);
  }

  #replay(shared: SharedFrames, nowMs: number): void {
    const { ring } = this.#stream;
    const turnEnd = this.#cursor + replayEntriesPerTurnMax;
    while (this.#cursor < ring.head && this.#cursor < turnEnd && !this.#patterns.isTurnOver) {
      if (this.#transport.bufferedBytes() > viewerDrainedBytesMax) {
        this.#watchStall(nowMs);
        return;
      }
      this.#skipGone();
      this.#sendBatch(shared);
    }
    this.#stalledSinceMs = null;
    this.#isReplaying = this.#cursor < ring.head;
  }

  /** A replay waits for the connection, but not for ever. */
  #watchStall(nowMs: number): void {
    const bytes = this.#transport.bufferedBytes();
    const isProgress = bytes <= this.#stalledBytes - limits.logStream.viewerProgressBytesMin;
    if (this.#stalledSinceMs === null || isProgress) {
      this.#stalledSinceMs = nowMs;
      this.#stalledBytes = bytes;
    } else if (nowMs - this.#stalledSinceMs >= limits.logStream.viewerBlockedMsMax) {
      this.#closeTooSlow();
    }
  }

  /** Sends the next lines that match, at most as many as a batch may hold; without a match nothing is sent. */
  #sendBatch(shared: SharedFrames): void {
    const key = `${this.#toldTo}:${this.#cursor}:${this.#filter.key}`;
    let made = shared.get(key);
    if (!made) {
      made = this.#makeBatch();
      shared.set(key, made);
    }
    this.#cursor = made.to;
    if (!made.frame) return;
    this.#toldTo = made.to;
    this.#lastDeliveryMs = this.#clock.monotonicMs();
    this.#transport.send(made.frame);
  }

  #makeBatch(): { frame: Buffer | null; to: number } {
    const { ring, epoch } = this.#stream;
    const facts: ConsoleFact[] = [];
    let to = this.#cursor;
    while (to < ring.head && facts.length < batchEntriesMax && !this.#patterns.isTurnOver) {
      to += 1;
      const fact = ring.at(to);
      if (fact && this.#filter.matches(fact)) facts.push(fact);
    }
    if (facts.length === 0) return { frame: null, to };
    const frame = encodeBatch({ epoch, from: this.#toldTo + 1, to, filterRev: this.#filter.rev, facts });
    return { frame, to };
  }

  /** Tells of lines that left the ring before they were sent. */
  #skipGone(): void {
    const { tail } = this.#stream.ring;
    if (this.#cursor + 1 < tail) this.#tellDropped(this.#cursor + 1, tail - 1, "no_longer_buffered");
  }

  #tellDropped(firstGone: number, to: number, reason: "no_longer_buffered" | "epoch_changed"): void {
    const from = reason === "epoch_changed" ? firstGone : this.#toldTo + 1;
    const count = to - firstGone + 1;
    this.#cursor = to;
    this.#toldTo = to;
    this.#transport.send(
      encodeFrame({ type: "dropped", epoch: this.#stream.epoch, from, to, count, byLevel: {}, reason }),
    );
  }

  #advanceSlow(slow: SlowViewer, nowMs: number): void {
    const { ring } = this.#stream;
    if (!this.#isPaused) {
      slow.takeGone(this.#cursor + 1, ring.tail - 1);
      this.#cursor = Math.max(this.#cursor, ring.tail - 1);
      while (this.#cursor < ring.head && !this.#patterns.isTurnOver) {
        this.#cursor += 1;
        const fact = ring.at(this.#cursor);
        if (fact && this.#filter.matches(fact)) slow.take(fact, nowMs);
      }
    }
    const bufferedBytes = this.#transport.bufferedBytes();
    if (bufferedBytes < viewerDrainedBytesMax) this.#leaveSlow(slow);
    else if (slow.isBlocked(nowMs, bufferedBytes)) this.#closeTooSlow();
  }

  /** Sends what the viewer is owed: one exact `dropped` frame for each stretch without an error. */
  #leaveSlow(slow: SlowViewer): void {
    this.#slow = null;
    const { epoch } = this.#stream;
    for (const owed of slow.owed) {
      if (owed.kind === "errors") {
        this.#sendErrors(owed.facts);
        continue;
      }
      const { to, count, byLevel } = owed;
      const from = this.#toldTo + 1;
      this.#toldTo = to;
      this.#transport.send(
        encodeFrame({ type: "dropped", epoch, from, to, count, byLevel, reason: "slow_viewer" }),
      );
    }
  }

  /** The filter may have changed while the errors waited. */
  #sendErrors(waiting: readonly ConsoleFact[]): void {
    const { epoch } = this.#stream;
    const errors = waiting.filter(this.#filter.matches);
    for (let start = 0; start < errors.length; start += batchEntriesMax) {
      const facts = errors.slice(start, start + batchEntriesMax);
      const from = this.#toldTo + 1;
      const to = facts.at(-1)?.seq ?? this.#toldTo;
      this.#toldTo = to;
      this.#lastDeliveryMs = this.#clock.monotonicMs();
      this.#transport.send(encodeBatch({ epoch, from, to, filterRev: this.#filter.rev, facts }));
    }
  }

  #closeTooSlow(): void {
    this.#transport.close(LOG_STREAM_CLOSE.tooSlow, "The connection took too little for too long.");
  }
}
