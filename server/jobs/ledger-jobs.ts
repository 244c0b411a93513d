import type { System } from "#lib/domain/access/index.ts";
import { deleteOldSpend, expireDue, reconcileAll, returnDeadLeases } from "#lib/domain/ledger/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Job, someRows } from "./run-jobs.ts";

/** What the books need on a schedule. Balances are right without it: it posts what is due, and checks. */
export function ledgerJobs({ database, clock, ids, log }: System): readonly Job[] {
  return [
    {
      name: "expired-credits",
      everyMs: limits.money.expireEveryMs,
      run: async (signal) => someRows(await expireDue(database, clock.nowMs(), ids, signal)),
    },
    {
      name: "dead-leases",
      everyMs: limits.money.reapEveryMs,
      run: async (signal) => someRows(await returnDeadLeases(database, clock.nowMs(), ids, signal)),
    },
    {
      name: "reconciliation",
      everyMs: limits.money.reconcileEveryMs,
      async run(signal) {
        const { checked, withDrift } = await reconcileAll(database, clock.nowMs(), signal);
        if (withDrift > 0) log.error({ checked, withDrift }, "books do not balance: see Settings → Billing");
        return checked > 0 ? { checked, withDrift } : undefined;
      },
    },
    {
      name: "old-spend",
      everyMs: limits.jobs.forgetNodesEveryMs,
      run: async () => someRows(await deleteOldSpend(database, clock.nowMs())),
    },
  ];
}
