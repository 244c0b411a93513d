import type { LogEntry, ServerFrame } from "#lib/contract/log-stream.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { logStreamLimits } from "#lib/kernel/limits/log-stream.ts";
import { LagMeter, RateMeter } from "./meters.ts";
import type { CanaryState, StreamFactsSnapshot } from "./viewer-snapshot.ts";

type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

const UNKNOWN_CANARY: CanaryState = { state: "unknown", lagMs: null };

/** Who else watches, how fast lines come and how late: what the status bar says. */
export class StreamFacts {
  readonly #clock: Clock;
  readonly #rate = new RateMeter();
  readonly #lag = new LagMeter();
  #viewers: number | null = null;
  #viewersMax: number = logStreamLimits.viewersPerServerMax;
  #retentionDays: number | null = null;
  #serverRate: number | null = null;
  #canary: CanaryState = UNKNOWN_CANARY;
  /** Lines up to here were written before this connection: they are neither new nor late. */
  #replayedTo = 0;
  #received = 0;
  #errors = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hello(frame: FrameOf<"hello">): void {
    this.#viewers = frame.viewers;
    this.#viewersMax = frame.viewersMax;
    this.#retentionDays = frame.retention;
    this.#replayedTo = frame.head;
  }

  status(frame: FrameOf<"status">): void {
    this.#viewers = frame.viewers;
    this.#viewersMax = frame.viewersMax;
  }

  /** To be called when the heartbeat arrives, not when it is taken over. */
  heartbeat(frame: FrameOf<"heartbeat">): void {
    this.#serverRate = frame.linesPerSecond;
    this.#canary = frame.canary ?? UNKNOWN_CANARY;
    this.#lag.heartbeat(frame.at, this.#clock.nowMs());
  }

  disconnected(): void {
    this.#viewers = null;
    this.#serverRate = null;
    this.#canary = UNKNOWN_CANARY;
  }

  lines(entries: readonly LogEntry[]): void {
    const newest = entries[entries.length - 1];
    if (newest === undefined || newest.seq <= this.#replayedTo) return;
    this.#lag.line(newest.timestamp, this.#clock.nowMs());
    for (const entry of entries) {
      if (entry.seq <= this.#replayedTo) continue;
      this.#received++;
      if (entry.level === "error") this.#errors++;
    }
  }

  /** A line that the filter lets through entered the list. */
  shown(entry: LogEntry): void {
    if (entry.seq > this.#replayedTo) this.#rate.add(1, this.#clock.monotonicMs());
  }

  /** Days that lines are kept; null before the first connection. */
  get retentionDays(): number | null {
    return this.#retentionDays;
  }

  snapshot(): StreamFactsSnapshot {
    return {
      viewers: this.#viewers,
      viewersMax: this.#viewersMax,
      retentionDays: this.#retentionDays,
      serverRate: this.#serverRate,
      shownRate: this.#rate.perSecond(this.#clock.monotonicMs()),
      lagMs: this.#lag.lagMs,
      received: this.#received,
      errors: this.#errors,
      canary: this.#canary,
    };
  }
}
