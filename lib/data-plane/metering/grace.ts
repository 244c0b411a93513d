import { limits } from "#lib/kernel/limits.ts";

interface Used {
  sinceMs: number;
  micros: bigint;
}

/**
 * What agents spend on this node while budgets cannot be asked, for those that may: a bounded amount, for a bounded time.
 * Counts what calls under way may cost at most.
 */
export class Grace {
  readonly #used = new Map<string, Used>();

  /** Sets `amountMicros` aside; false when it is too much, or too late. */
  take(agentId: string, amountMicros: bigint, nowMs: number): boolean {
    const used = this.#used.get(agentId) ?? { sinceMs: nowMs, micros: 0n };
    if (used.micros + amountMicros > limits.money.graceMicrosMax) return false;
    if (nowMs - used.sinceMs > limits.money.graceMsMax) return false;
    used.micros += amountMicros;
    this.#used.set(agentId, used);
    return true;
  }

  /** Gives back what a call did not cost. */
  giveBack(agentId: string, micros: bigint): void {
    const used = this.#used.get(agentId);
    if (used === undefined) return;
    used.micros = used.micros > micros ? used.micros - micros : 0n;
  }

  /** Budgets can be asked again. */
  end(agentId: string): void {
    if (this.#used.size > 0) this.#used.delete(agentId);
  }
}
