import { limits } from "#lib/kernel/limits.ts";
import type { ConsoleFact } from "./facts.ts";
import type { LevelCounts } from "./stream-frames.ts";

const {
  errorsExemptPerSecondMax,
  viewerErrorsMax,
  viewerErrorBytesMax,
  viewerProgressBytesMin,
  viewerBlockedMsMax,
} = limits.logStream;

/** What a slow viewer is owed, in order: lines that are counted but not sent, or errors that still are. */
export type Owed =
  | { kind: "dropped"; to: number; count: number; byLevel: LevelCounts }
  | { kind: "errors"; to: number; facts: ConsoleFact[] };

/** A viewer that cannot keep up: counts of what it will not get, and the errors that it still will. */
export class SlowViewer {
  readonly owed: Owed[] = [];
  #errors = 0;
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

  /** Keeps an error, or the word of lines that were not kept, within the exemption; counts everything else as dropped. */
  take(fact: ConsoleFact, nowMs: number): void {
    const last = this.owed.at(-1);
    const isKept = fact.level === "error" || fact.lostLines !== undefined;
    if (isKept && this.#isExempt(fact, nowMs)) {
      if (last?.kind === "errors") {
        last.facts.push(fact);
        last.to = fact.seq;
      } else this.owed.push({ kind: "errors", to: fact.seq, facts: [fact] });
      return;
    }
    const dropped = this.#dropTo(fact.seq, 1);
    dropped[fact.level] = (dropped[fact.level] ?? 0) + 1;
  }

  /** Counts lines that left the ring before anybody looked at them. */
  takeGone(from: number, to: number): void {
    if (to >= from) this.#dropTo(to, to - from + 1);
  }

  /** True when the network took next to nothing for as long as a viewer may be blocked. */
  isBlocked(nowMs: number, bufferedBytes: number): boolean {
    if (bufferedBytes <= this.#lowestBufferedBytes - viewerProgressBytesMin) {
      this.#lowestBufferedBytes = bufferedBytes;
      this.#lastProgressMs = nowMs;
    }
    return nowMs - this.#lastProgressMs >= viewerBlockedMsMax;
  }

  #dropTo(to: number, count: number): LevelCounts {
    const last = this.owed.at(-1);
    if (last?.kind === "dropped") {
      last.to = to;
      last.count += count;
      return last.byLevel;
    }
    const byLevel: LevelCounts = {};
    this.owed.push({ kind: "dropped", to, count, byLevel });
    return byLevel;
  }

  #isExempt(fact: ConsoleFact, nowMs: number): boolean {
    if (nowMs - this.#errorSecondStartMs >= 1_000) {
      this.#errorSecondStartMs = nowMs;
      this.#errorsThisSecond = 0;
    }
    const bytes = fact.message.length * 2;
    if (this.#errorsThisSecond >= errorsExemptPerSecondMax || this.#errors >= viewerErrorsMax) return false;
    if (this.#errorBytes + bytes > viewerErrorBytesMax) return false;
    this.#errorsThisSecond += 1;
    this.#errors += 1;
    this.#errorBytes += bytes;
    return true;
  }
}
