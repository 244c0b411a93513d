import { limits } from "#lib/kernel/limits.ts";
import type { ConsoleFact } from "./facts.ts";
import type { LevelCounts } from "./stream-frames.ts";

const { errorsExemptPerSecondMax, viewerErrorBytesMax, viewerProgressBytesMin, viewerBlockedMsMax } =
  limits.logStream;

/** What a viewer that cannot keep up is owed: counts of what it will not get, and the errors that it still will. */
export class SlowViewer {
  readonly errors: ConsoleFact[] = [];
  readonly byLevel: LevelCounts = {};
  #dropped = 0;
  #firstDropped: number | null = null;
  #errorBytes = 0;
  #errorSecondStartMs: number;
  #errorsThisSecond = 0;
  #lowestBufferedBytes: number;
  #lastProgressMs: number;

  constructor(nowMs: number, bufferedBytes: number) {
    this.#errorSecondStartMs = nowMs;
    this.#lowestBufferedBytes = bufferedBytes;
    this.#lastProgressMs = nowMs;
  }

  /** How many lines were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The first line that was dropped; null while none was. */
  get firstDropped(): number | null {
    return this.#firstDropped;
  }

  /** Keeps an error within the exemption; counts everything else as dropped. */
  take(fact: ConsoleFact, nowMs: number): void {
    if (fact.level === "error" && this.#isExempt(fact, nowMs)) {
      this.errors.push(fact);
      return;
    }
    this.#firstDropped ??= fact.seq;
    this.#dropped += 1;
    this.byLevel[fact.level] = (this.byLevel[fact.level] ?? 0) + 1;
  }

  /** Counts lines that left the ring before anybody looked at them. */
  takeGone(from: number, to: number): void {
    if (to < from) return;
    this.#firstDropped ??= from;
    this.#dropped += to - from + 1;
  }

  /** True when the network took next to nothing for as long as a viewer may be blocked. */
  isBlocked(nowMs: number, bufferedBytes: number): boolean {
    if (bufferedBytes <= this.#lowestBufferedBytes - viewerProgressBytesMin) {
      this.#lowestBufferedBytes = bufferedBytes;
      this.#lastProgressMs = nowMs;
    }
    return nowMs - this.#lastProgressMs >= viewerBlockedMsMax;
  }

  #isExempt(fact: ConsoleFact, nowMs: number): boolean {
    if (nowMs - this.#errorSecondStartMs >= 1_000) {
      this.#errorSecondStartMs = nowMs;
      this.#errorsThisSecond = 0;
    }
    const bytes = fact.message.length * 2;
    if (this.#errorsThisSecond >= errorsExemptPerSecondMax) return false;
    if (this.#errorBytes + bytes > viewerErrorBytesMax) return false;
    this.#errorsThisSecond += 1;
    this.#errorBytes += bytes;
    return true;
  }
}
