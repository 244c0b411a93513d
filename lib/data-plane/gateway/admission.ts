import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";

/** What is under way for one server now. */
export interface ServerLoad {
  calls: number;
  streams: number;
}

/** Counts what is under way per server and refuses what is too much, so that one server cannot take all of an edge. */
export class Admission {
  readonly #loads = new Map<string, ServerLoad>();

  /** Takes a place; throws `limit_reached` when there is none. Every place is given back by `leave`. */
  enter(serverId: string, isStream: boolean): void {
    const load = this.#loads.get(serverId) ?? { calls: 0, streams: 0 };
    const { concurrentPerServerMax, streamsPerServerMax } = limits.mcp;
    if (isStream ? load.streams >= streamsPerServerMax : load.calls >= concurrentPerServerMax) {
      const what = isStream ? `${streamsPerServerMax} streams` : `${concurrentPerServerMax} calls`;
      throw new DomainError(
        "limit_reached",
        `This server already has ${what} open, the most at once. Try again soon.`,
        {
          retryable: true,
          retryAfterSeconds: 1,
        },
      );
    }
    if (isStream) load.streams++;
    else load.calls++;
    this.#loads.set(serverId, load);
  }

  leave(serverId: string, isStream: boolean): void {
    const load = this.#loads.get(serverId);
    if (!load) return;
    if (isStream) load.streams--;
    else load.calls--;
    if (load.calls === 0 && load.streams === 0) this.#loads.delete(serverId);
  }

  of(serverId: string): ServerLoad {
    return { calls: 0, streams: 0, ...this.#loads.get(serverId) };
  }

  total(): ServerLoad {
    const total = { calls: 0, streams: 0 };
    for (const load of this.#loads.values()) {
      total.calls += load.calls;
      total.streams += load.streams;
    }
    return total;
  }
}
