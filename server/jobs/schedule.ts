import { ensurePartitions, summarizeStoreOrder } from "#lib/db/index.ts";
import { forgetOldIdempotencyKeys, type System } from "#lib/domain/access/index.ts";
import { deleteExpiredSignInAttempts } from "#lib/domain/accounts/index.ts";
import { type CanarySchedule, deleteOldChecks } from "#lib/domain/checks/index.ts";
import { recoverOperations } from "#lib/domain/deployments/index.ts";
import { forgetOldNodes } from "#lib/domain/nodes/index.ts";
import { deleteExpiredOneTimeTokens } from "#lib/domain/organizations/index.ts";
import { deleteExpiredFacts } from "#lib/domain/requests/index.ts";
import { capRetention } from "#lib/domain/servers/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { alertJobs } from "./alert-jobs.ts";
import { incidentJobs } from "./incident-jobs.ts";
import { ledgerJobs } from "./ledger-jobs.ts";
import { paymentJobs } from "./payment-jobs.ts";
import { planJobs } from "./plans-job.ts";
import { type Job, someRows } from "./run-jobs.ts";
import { type QuietHours, textIndexJob } from "./text-index-job.ts";

/** Everything that the installation does on a schedule. */
export function scheduleOf(
  system: System,
  {
    canaries,
    quietHours,
    plansFile,
  }: {
    canaries: Pick<CanarySchedule, "startDue">;
    quietHours: QuietHours;
    plansFile: string | null;
  },
): readonly Job[] {
  const { database, clock } = system;
  const store = { database, clock };
  return [
    {
      name: "partitions",
      everyMs: limits.jobs.partitionsEveryMs,
      async run() {
        const made = await ensurePartitions(database.sql, clock.nowMs(), limits.storage.partitionsAheadDays);
        return made.length > 0 ? { made } : undefined;
      },
    },
    {
      name: "retention",
      everyMs: limits.jobs.retentionEveryMs,
      async run(signal) {
        const capped = await capRetention(system);
        const deleted = { capped, ...(await deleteExpiredFacts(store, signal)) };
        return Object.values(deleted).some((rows) => rows > 0) ? deleted : undefined;
      },
    },
    ...alertJobs(system),
    ...incidentJobs(system),
    ...paymentJobs(system),
    ...planJobs(system, plansFile),
    textIndexJob(system, quietHours),
    {
      name: "store-order",
      everyMs: limits.jobs.summariesEveryMs,
      async run() {
        await summarizeStoreOrder(database.sql, clock.nowMs());
        return undefined;
      },
    },
    {
      name: "expired-credentials",
      everyMs: limits.jobs.expiredCredentialsEveryMs,
      async run() {
        await deleteExpiredSignInAttempts(store);
        await forgetOldIdempotencyKeys(database, clock.nowMs());
        return someRows(await deleteExpiredOneTimeTokens(store));
      },
    },
    {
      name: "abandoned-operations",
      everyMs: limits.jobs.recoverOperationsEveryMs,
      run: async () => someRows(await recoverOperations(database, clock.nowMs())),
    },
    {
      name: "canaries",
      everyMs: limits.checks.canaryPollMs,
      // Runs go on by themselves, so that a slow one holds up no other. What they find is stored, not logged.
      run: async () => {
        await canaries.startDue();
        return undefined;
      },
    },
    {
      name: "old-checks",
      everyMs: limits.jobs.retentionEveryMs,
      run: async (signal) => someRows(await deleteOldChecks(store, signal)),
    },
    {
      name: "old-nodes",
      everyMs: limits.jobs.forgetNodesEveryMs,
      run: async () => someRows(await forgetOldNodes(store)),
    },
    ...ledgerJobs(system),
  ];
}
