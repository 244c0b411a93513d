import { type Database, dropPartitionsBefore, ensurePartitions } from "#lib/db/index.ts";
import { deleteExpiredSignInAttempts } from "#lib/domain/accounts/index.ts";
import { type CanarySchedule, deleteOldChecks } from "#lib/domain/checks/index.ts";
import { recoverOperations } from "#lib/domain/deployments/index.ts";
import { forgetOldNodes } from "#lib/domain/nodes/index.ts";
import { deleteExpiredOneTimeTokens } from "#lib/domain/organizations/index.ts";
import { deleteExpiredFacts } from "#lib/domain/requests/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Job } from "./run-jobs.ts";

const DAY_MS = 86_400_000;

/** Everything that the installation does on a schedule. */
export function scheduleOf(
  database: Database,
  clock: Clock,
  canaries: Pick<CanarySchedule, "startDue">,
): readonly Job[] {
  const store = { database, clock };
  return [
    {
      name: "partitions",
      everyMs: limits.jobs.partitionsEveryMs,
      async run() {
        const made = await ensurePartitions(database.sql, clock.nowMs(), limits.storage.partitionsAheadDays);
        const oldestMs = clock.nowMs() - limits.storage.retentionDaysMax * DAY_MS;
        const dropped = await dropPartitionsBefore(database.sql, oldestMs);
        return made.length + dropped.length > 0 ? { made, dropped } : undefined;
      },
    },
    {
      name: "retention",
      everyMs: limits.jobs.retentionEveryMs,
      async run(signal) {
        const deleted = await deleteExpiredFacts(store, signal);
        return Object.values(deleted).some((rows) => rows > 0) ? deleted : undefined;
      },
    },
    {
      name: "expired-credentials",
      everyMs: limits.jobs.expiredCredentialsEveryMs,
      async run() {
        await deleteExpiredSignInAttempts(store);
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
  ];
}

const someRows = (rows: number): object | undefined => (rows > 0 ? { rows } : undefined);
