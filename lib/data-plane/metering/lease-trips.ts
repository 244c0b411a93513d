import type { Log } from "#lib/domain/access/index.ts";
import type { LeaseAnswer, LeaseRelease, LeaseRequest, LeaseStore } from "#lib/domain/ledger/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Layer } from "./layers.ts";

const { leaseTimeoutMs, leaseRetryMs } = limits.money;

export interface LeaseTripsOptions {
  store: LeaseStore;
  clock: Clock;
  log: Log;
  node: string;
  /** Names this life of the node. */
  epoch: string;
  /** How many nodes share what is left. */
  liveNodes(): number;
}

interface Ask {
  readonly layer: Layer;
  readonly needMicros: bigint;
  readonly wantMicros: bigint;
}

/** Trips to the ledger: each ends in time, and a ledger that does not answer is not asked again at once. */
export class LeaseTrips {
  readonly counts = { take: 0, renew: 0, release: 0, failed: 0 };
  readonly #options: LeaseTripsOptions;
  /** Organization → monotonic time from which the ledger may be asked again. */
  readonly #awayUntilMs = new Map<string, number>();
  #life = 0;
  #waiting: LeaseRelease[] = [];
  #flushing: Promise<void> | null = null;

  constructor(options: LeaseTripsOptions) {
    this.#options = options;
  }

  /** Whether the ledger did not answer the last time. */
  isAway(organizationId: string): boolean {
    return this.#awayUntilMs.size > 0 && this.#awayUntilMs.has(organizationId);
  }

  mayTry(organizationId: string): boolean {
    return (this.#awayUntilMs.get(organizationId) ?? 0) <= this.#options.clock.monotonicMs();
  }

  /** Null when the ledger did not answer. */
  async take(
    organizationId: string,
    agentId: string | null,
    asks: readonly Ask[],
  ): Promise<LeaseAnswer | null> {
    const { store, node, epoch } = this.#options;
    this.counts.take++;
    const request: LeaseRequest = {
      organizationId,
      agentId,
      node,
      epoch: this.#life === 0 ? epoch : `${epoch}.${this.#life}`,
      liveNodes: Math.max(1, this.#options.liveNodes()),
      scopes: asks.map(({ layer, needMicros, wantMicros }) => ({
        scope: layer.scope,
        capMicros: layer.capMicros,
        needMicros,
        wantMicros,
      })),
    };
    return this.#answered(organizationId, store.take(request));
  }

  /** The ids that are no longer live; null when the ledger did not answer. */
  async renew(organizationId: string, leaseIds: readonly string[]): Promise<readonly string[] | null> {
    this.counts.renew++;
    return this.#answered(organizationId, this.#options.store.renew(organizationId, leaseIds));
  }

  /** Goes with the next `flush`. Never told twice: the ledger would give the same room away twice. */
  release(release: LeaseRelease): void {
    this.#waiting.push(release);
  }

  /**
   * Hands over what is waiting, in `limits.money.leaseTimeoutMs`: calls wait for it. Never rejects: what is lost comes back
   * when its lease ends.
   */
  async flush(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    if (this.#waiting.length === 0) return;
    const releases = this.#waiting;
    this.#waiting = [];
    this.counts.release++;
    this.#flushing = withTimeout(this.#options.store.release(releases))
      .catch((error: unknown) => {
        // What was not given back stays in its lease: a new life takes no more of it, so that it ends.
        this.#life++;
        this.#options.log.debug({ err: error }, "leases could not be given back; they end by themselves");
      })
      .finally(() => {
        this.#flushing = null;
      });
    await this.#flushing;
  }

  /** Waits for the last release, at most `limits.money.leaseTimeoutMs`. */
  async close(): Promise<void> {
    await withTimeout(this.flush());
  }

  async #answered<Answer>(organizationId: string, asked: Promise<Answer>): Promise<Answer | null> {
    const { clock, log } = this.#options;
    try {
      const answer = await withTimeout(asked);
      this.#awayUntilMs.delete(organizationId);
      return answer;
    } catch (error) {
      this.counts.failed++;
      if (!this.isAway(organizationId))
        log.warn(
          { err: error, organizationId },
          "budgets cannot be asked; calls use what is left of their leases",
        );
      this.#awayUntilMs.set(organizationId, clock.monotonicMs() + leaseRetryMs);
      // Something may have been granted although nobody heard of it. A new life does not add to such a lease, which ends.
      this.#life++;
      return null;
    }
  }
}

/** Rejects after `limits.money.leaseTimeoutMs`; what comes later is not heard. */
async function withTimeout<Answer>(asked: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${leaseTimeoutMs} ms`)), leaseTimeoutMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
