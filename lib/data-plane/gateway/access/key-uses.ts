import type { Log } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";

/** Stores when keys were last used: id → epoch milliseconds. */
export type StoreKeyUses = (uses: ReadonlyMap<string, number>) => Promise<void>;

/**
 * Remembers when keys were last used and hands that over at most once a minute, so that no call waits for the database.
 * Bounded: beyond it, further keys wait for the next minute. What cannot be stored is tried again with the next.
 */
export class KeyUses {
  readonly #store: StoreKeyUses;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #uses = new Map<string, number>();
  #storing: Promise<void> | null = null;

  constructor(store: StoreKeyUses, log: Log, intervalMs: number = limits.gateways.keyLastUsedMs) {
    this.#store = store;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), intervalMs);
    this.#timer.unref();
  }

  used(keyId: string, atMs: number): void {
    if (this.#uses.size < limits.gateways.keyUsesWaitingMax || this.#uses.has(keyId))
      this.#uses.set(keyId, atMs);
  }

  /** Hands over what is waiting. Never rejects. */
  async flush(): Promise<void> {
    if (this.#storing) return this.#storing;
    if (this.#uses.size === 0) return;
    const uses = this.#uses;
    this.#uses = new Map();
    this.#storing = this.#store(uses)
      .catch((error: unknown) => {
        this.#log.debug(
          { err: error },
          "the last uses of keys could not be stored; they wait for the next time",
        );
        for (const [keyId, atMs] of uses) if (!this.#uses.has(keyId)) this.used(keyId, atMs);
      })
      .finally(() => {
        this.#storing = null;
      });
    await this.#storing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
