import type { ClientFrame, LogEntry, LogLevel, ServerFrame } from "#lib/contract/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import type { DroppedFrame } from "./decode-frame.ts";
import type { GapReason } from "./rows.ts";

type LogsFrame = Extract<ServerFrame, { type: "logs" }>;
type HelloFrame = Extract<ServerFrame, { type: "hello" }>;

/** What the viewer shows next, in order, each line once. */
export type Sequenced =
  | {
      readonly kind: "lines";
      readonly epoch: string;
      readonly entries: readonly LogEntry[];
      readonly to: number;
    }
  | {
      readonly kind: "gap";
      /** The epoch in which `from` and `to` count. */
      readonly epoch: string;
      readonly from: number;
      readonly to: number;
      readonly count: number | null;
      readonly byLevel: Readonly<Partial<Record<LogLevel, number>>>;
      readonly reason: GapReason;
    };

export interface SequencerOptions {
  readonly stashEntriesMax: number;
}

/** Heartbeats that a hole may stay open after it was asked for; then it is shown as a gap. */
const HEARTBEATS_BEFORE_GIVING_UP = 2;

/**
 * Puts the frames of one server's stream in order over any number of connections. Promise: every line is given
 * out at most once and in order of its sequence number, and whatever is not given out is given out as a gap.
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  #epoch: string | null = null;
  /** Everything up to here is accounted for. */
  #last = 0;
  #filterRev = 0;
  #stash: (LogsFrame | DroppedFrame)[] = [];
  #stashEntries = 0;
  #asked = false;
  #heartbeatsWithHole = 0;
  #outgoing: ClientFrame[] = [];

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  get epoch(): string | null {
    return this.#epoch;
  }

  get last(): number {
    return this.#last;
  }

  /** The frames to send since the last call. */
  takeOutgoing(): ClientFrame[] {
    const frames = this.#outgoing;
    this.#outgoing = [];
    return frames;
  }

  /**
   * A connection was made. The first one asks for the newest `backfillLinesMax` lines of the server's ring, a later
   * one for what follows the last line seen. What nobody can bring back is given out as a gap.
   */
  hello(frame: HelloFrame, backfillLinesMax: number): Sequenced[] {
    this.disconnected();
    const known = this.#epoch !== null;
    const sameStream = this.#epoch === frame.epoch && frame.head >= this.#last;
    const given: Sequenced[] = [];
    if (!known) {
      this.#last = Math.min(frame.head, Math.max(0, frame.tail - 1, frame.head - backfillLinesMax));
    } else if (!sameStream) {
      given.push({
        kind: "gap",
        epoch: this.#epoch ?? frame.epoch,
        from: this.#last + 1,
        to: this.#last + viewerLimits.unknownGapLinesMax,
        count: null,
        byLevel: {},
        reason: "epoch_changed",
      });
      const gone = Math.max(0, Math.min(frame.head, frame.tail - 1));
      if (gone > 0) {
        given.push({
          kind: "gap",
          epoch: frame.epoch,
          from: 1,
          to: gone,
          count: gone,
          byLevel: {},
          reason: "no_longer_buffered",
        });
      }
      this.#last = gone;
    }
    this.#epoch = frame.epoch;
    this.#ask();
    return given;
  }

  /** The connection is gone: what was held aside is asked for again after the next hello. */
  disconnected(): void {
    this.#stash = [];
    this.#stashEntries = 0;
    this.#asked = false;
    this.#heartbeatsWithHole = 0;
    this.#outgoing = [];
  }

  /** From now on only frames of this filter revision count, starting after sequence number `after`. */
  restart(filterRev: number, after: number): void {
    this.disconnected();
    this.#filterRev = filterRev;
    this.#last = after;
    if (this.#epoch !== null) this.#ask();
  }

  accept(frame: LogsFrame | DroppedFrame): Sequenced[] {
    if (frame.epoch !== this.#epoch || frame.to <= this.#last || frame.to < frame.from) return [];
    if (frame.type === "logs" && frame.filterRev !== this.#filterRev) return [];
    if (frame.from > this.#last + 1) {
      this.#hold(frame);
      return [];
    }
    const given = this.#apply(frame);
    this.#drain(given);
    return given;
  }

  /** Two heartbeats behind a hole that stays open prove that the server will not fill it. */
  heartbeat(filtered: boolean): Sequenced[] {
    const next = this.#stash[0];
    if (next === undefined) return [];
    this.#heartbeatsWithHole++;
    if (this.#heartbeatsWithHole < HEARTBEATS_BEFORE_GIVING_UP) return [];
    const from = this.#last + 1;
    const to = next.from - 1;
    const given: Sequenced[] = [
      {
        kind: "gap",
        epoch: next.epoch,
        from,
        to,
        count: filtered ? null : to - from + 1,
        byLevel: {},
        reason: "unexplained",
      },
    ];
    this.#last = to;
    this.#drain(given);
    return given;
  }

  #ask(): void {
    if (this.#epoch === null) return;
    this.#asked = true;
    this.#heartbeatsWithHole = 0;
    this.#outgoing.push({ type: "resume", epoch: this.#epoch, after: this.#last });
  }

  /** Keeps a frame that lies behind a hole and asks once for the hole. */
  #hold(frame: LogsFrame | DroppedFrame): void {
    const size = frame.type === "logs" ? frame.entries.length : 1;
    if (this.#stashEntries + size > this.#options.stashEntriesMax) {
      this.#stash = [];
      this.#stashEntries = 0;
      this.#ask();
      return;
    }
    const at = this.#stash.findIndex((held) => held.from > frame.from);
    if (at === -1) this.#stash.push(frame);
    else this.#stash.splice(at, 0, frame);
    this.#stashEntries += size;
    if (!this.#asked) this.#ask();
  }

  #drain(given: Sequenced[]): void {
    let taken = 0;
    for (const frame of this.#stash) {
      if (frame.from > this.#last + 1) break;
      taken++;
      if (frame.to > this.#last) given.push(...this.#apply(frame));
    }
    if (taken > 0) {
      this.#stash.splice(0, taken);
      this.#stashEntries = this.#stash.reduce(
        (sum, frame) => sum + (frame.type === "logs" ? frame.entries.length : 1),
        0,
      );
    }
    if (this.#stash.length === 0) {
      this.#asked = false;
      this.#heartbeatsWithHole = 0;
    }
  }

  #apply(frame: LogsFrame | DroppedFrame): Sequenced[] {
    const before = this.#last;
    this.#last = frame.to;
    if (frame.type === "dropped") {
      const overlaps = frame.from <= before;
      return [
        {
          kind: "gap",
          epoch: frame.epoch,
          from: before + 1,
          to: frame.to,
          count: Math.min(frame.count, frame.to - before),
          byLevel: overlaps ? {} : frame.byLevel,
          reason: frame.reason,
        },
      ];
    }
    let newest = before;
    const entries = frame.entries.filter((entry) => {
      if (entry.seq <= newest || entry.seq > frame.to) return false;
      newest = entry.seq;
      return true;
    });
    return [{ kind: "lines", epoch: frame.epoch, entries, to: frame.to }];
  }
}
