import type { LeaseScope, LeaseStore } from "#lib/domain/ledger/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { ModelLedger } from "./model-ledger.ts";

/** A model ledger behind a `LeaseStore` that tests can count and take away. */
export interface ModelStore<Time extends Clock> extends LeaseStore {
  readonly ledger: ModelLedger;
  readonly clock: Time;
  /** Trips that were made. */
  readonly trips: { take: number; renew: number; release: number };
  isAway: boolean;
}

export function modelStore<Time extends Clock>(
  caps: readonly (readonly [LeaseScope, bigint])[],
  clock: Time,
): ModelStore<Time> {
  const ledger = new ModelLedger({
    nowMs: () => clock.nowMs(),
    monthOf: (ms) => new Date(ms).toISOString().slice(0, 7),
    deadAfterMs: limits.mcp.toolCallDurationMsMax + limits.money.leaseSettleGraceMs,
  });
  for (const [scope, cap] of caps) ledger.setCap(scope, cap);
  const trips = { take: 0, renew: 0, release: 0 };
  const reached = async <Answer>(trip: keyof typeof trips, ask: () => Answer): Promise<Answer> => {
    trips[trip]++;
    if (store.isAway) throw new DomainError("unavailable", "the ledger is away");
    return ask();
  };
  const store: ModelStore<Time> = {
    ledger,
    clock,
    trips,
    isAway: false,
    take: (request) => reached("take", () => ledger.take(request)),
    renew: (_organizationId, ids) => reached("renew", () => ledger.renew(ids)),
    release: (releases) => reached("release", () => ledger.release(releases)),
  };
  return store;
}
