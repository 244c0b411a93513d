import { limits } from "#lib/kernel/limits.ts";

interface Counter {
  /** Number of the window that `current` counts. */
  window: number;
  previous: number;
  current: number;
}

const { loopWindowMs, loopCountersMax } = limits.money;

/**
 * Counts the same calls of an agent: same tool, same arguments. A sliding minute made of two fixed ones. An agent that was
 * suspected stays so for a minute, or until `forget`, so that it is stopped here before everybody knows. Bounded: the agent
 * that was seen first is forgotten first.
 */
export class LoopGuard {
  readonly #monotonicMs: () => number;
  readonly #agents = new Map<string, Map<string, Counter>>();
  readonly #suspectedAtMs = new Map<string, number>();
  #size = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  isSuspected(agentId: string): boolean {
    if (this.#suspectedAtMs.size === 0) return false;
    const sinceMs = this.#suspectedAtMs.get(agentId);
    if (sinceMs === undefined) return false;
    if (this.#monotonicMs() - sinceMs < loopWindowMs) return true;
    this.forget(agentId);
    return false;
  }

  /** Counts a call. Answers how often it was made in a minute when that is more than `callsPerMinuteMax`, else null. */
  count(agentId: string, call: string, callsPerMinuteMax: number): number | null {
    const nowMs = this.#monotonicMs();
    const window = Math.floor(nowMs / loopWindowMs);
    const counter = this.#counterOf(agentId, call, window);
    if (counter.window !== window) {
      counter.previous = counter.window === window - 1 ? counter.current : 0;
      counter.current = 0;
      counter.window = window;
    }
    counter.current++;
    const share = 1 - (nowMs % loopWindowMs) / loopWindowMs;
    const calls = Math.floor(counter.previous * share) + counter.current;
    if (calls <= callsPerMinuteMax) return null;
    this.#suspectedAtMs.set(agentId, nowMs);
    return calls;
  }

  /** The agent was resumed, or is gone. */
  forget(agentId: string): void {
    this.#suspectedAtMs.delete(agentId);
    this.#size -= this.#agents.get(agentId)?.size ?? 0;
    this.#agents.delete(agentId);
  }

  get size(): number {
    return this.#size;
  }

  #counterOf(agentId: string, call: string, window: number): Counter {
    let counters = this.#agents.get(agentId);
    let counter = counters?.get(call);
    if (counter !== undefined) return counter;
    if (this.#size >= loopCountersMax) this.#makeRoom(agentId);
    counters = this.#agents.get(agentId);
    if (counters === undefined) {
      counters = new Map();
      this.#agents.set(agentId, counters);
    }
    counter = { window, previous: 0, current: 0 };
    counters.set(call, counter);
    this.#size++;
    return counter;
  }

  /** An agent whose calls all differ loses its own counters before it costs others theirs. */
  #makeRoom(agentId: string): void {
    const own = this.#agents.get(agentId);
    const [first] = this.#agents;
    const isMost = own !== undefined && own.size * 2 > loopCountersMax;
    const dropped = isMost ? agentId : first?.[0];
    if (dropped === undefined) return;
    this.#size -= this.#agents.get(dropped)?.size ?? 0;
    this.#agents.delete(dropped);
  }
}
