import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Something that must be over by a time. */
export interface Deadline {
  /** Monotonic milliseconds. */
  readonly deadlineMs: number;
  /** Called once, at most `limits.mcp.deadlineCheckMs` late, unless it was removed before. */
  onDeadline(): void;
}

/** One timer for all calls and bodies under way: nearly all are over long before theirs would ring. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #waiting = new Set<Deadline>();
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timer = setInterval(() => this.#check(), limits.mcp.deadlineCheckMs);
    this.#timer.unref();
  }

  add(deadline: Deadline): void {
    this.#waiting.add(deadline);
  }

  remove(deadline: Deadline): void {
    this.#waiting.delete(deadline);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const deadline of this.#waiting) {
      if (deadline.deadlineMs > nowMs) continue;
      this.#waiting.delete(deadline);
      deadline.onDeadline();
    }
  }
}
