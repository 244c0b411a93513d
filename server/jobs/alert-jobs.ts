import type { System } from "#lib/domain/access/index.ts";
import {
  createStateRules,
  deleteOldAlerts,
  deleteOldDeliveries,
  deliverAlerts,
  raiseSpendAlerts,
  raiseStateAlerts,
} from "#lib/domain/alerts/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Job, someRows } from "./run-jobs.ts";

/** Raises what the amounts and states of now say, sends what waits, and forgets what was sent long ago. */
export function alertJobs(system: System): readonly Job[] {
  const rules = createStateRules();
  return [
    {
      name: "spend-alerts",
      everyMs: limits.money.spendAlertsEveryMs,
      async run() {
        const raised = await raiseSpendAlerts(system);
        return raised > 0 ? { raised } : undefined;
      },
    },
    {
      name: "alert-rules",
      everyMs: limits.alertRules.everyMs,
      async run() {
        const changed = await raiseStateAlerts(system, rules);
        return Object.values(changed).some((count) => count > 0) ? changed : undefined;
      },
    },
    {
      name: "alert-deliveries",
      everyMs: limits.money.alertsEveryMs,
      async run(signal) {
        const ended = await deliverAlerts(system, signal);
        return Object.values(ended).some((count) => count > 0) ? ended : undefined;
      },
    },
    {
      name: "old-alert-deliveries",
      everyMs: limits.jobs.retentionEveryMs,
      run: async () => someRows(await deleteOldDeliveries(system)),
    },
    {
      name: "old-alerts",
      everyMs: limits.jobs.retentionEveryMs,
      run: async (signal) => someRows(await deleteOldAlerts(system, signal)),
    },
  ];
}
