import { limits as bounds } from "#lib/kernel/limits.ts";
import {
  type CallLimit,
  type CallLimiter,
  type LimitVerdict,
  usedInWindow,
  WINDOW_MS,
  waitForRoom,
} from "./call-limits.ts";

interface Counter {
  /** Number of the minute that `current` counts. */
  minute: number;
  previous: number;
  current: number;
  atOnce: number;
}

/** How many counters are looked at to find one that can be forgotten. */
const SEARCHED_MAX = 100;
const NOTHING_HELD: LimitVerdict = { ok: true, release: null };

/** Counts the calls of this process alone. Bounded: the counter that was used least recently is forgotten first. */
export class LocalLimiter implements CallLimiter {
  readonly #counters = new Map<string, Counter>();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  take(limits: readonly CallLimit[], calls: number): LimitVerdict {
    const nowMs = this.#monotonicMs();
    for (const limit of limits) {
      const refused = this.#refusal(limit, calls, nowMs);
      if (refused) return refused;
    }
    const held: Counter[] = [];
    for (const { key, kind } of limits) {
      const counter = this.#counterOf(key, nowMs);
      if (kind === "per_minute") counter.current += calls;
      else {
        counter.atOnce += calls;
        held.push(counter);
      }
    }
    if (held.length === 0) return NOTHING_HELD;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      for (const counter of held) counter.atOnce -= calls;
    };
    return { ok: true, release };
  }

  async close(): Promise<void> {
    this.#counters.clear();
  }

  /** How many counters are held. */
  get size(): number {
    return this.#counters.size;
  }

  #refusal(limit: CallLimit, calls: number, nowMs: number): LimitVerdict | null {
    const { previous, current, atOnce } = this.#counterOf(limit.key, nowMs);
    if (limit.kind === "at_once")
      return atOnce + calls > limit.max ? { ok: false, limit, retryAfterMs: 1_000 } : null;
    const offsetMs = nowMs % WINDOW_MS;
    if (usedInWindow(previous, current, offsetMs) + calls <= limit.max) return null;
    return {
      ok: false,
      limit,
      retryAfterMs: waitForRoom({ previous, current, offsetMs }, calls, limit.max),
    };
  }

  #counterOf(key: string, nowMs: number): Counter {
    const minute = Math.floor(nowMs / WINDOW_MS);
    let counter = this.#counters.get(key);
    if (!counter) {
      if (this.#counters.size >= bounds.gateways.rateCountersMax) this.#forgetOne();
      counter = { minute, previous: 0, current: 0, atOnce: 0 };
    } else if (counter.minute !== minute) {
      counter.previous = counter.minute === minute - 1 ? counter.current : 0;
      counter.current = 0;
      counter.minute = minute;
      // Once a minute is often enough to know which counters are in use.
      this.#counters.delete(key);
    } else return counter;
    this.#counters.set(key, counter);
    return counter;
  }

  /** A counter of calls under way is passed over: its places would be given back to a counter that nobody asks. */
  #forgetOne(): void {
    let seen = 0;
    for (const [key, { atOnce }] of this.#counters) {
      if (atOnce === 0 || ++seen >= SEARCHED_MAX) {
        this.#counters.delete(key);
        return;
      }
    }
  }
}
