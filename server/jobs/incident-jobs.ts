import type { System } from "#lib/domain/access/index.ts";
import {
  deleteOldIncidents,
  diagnosePending,
  edgesReport,
  followIncidents,
  openIncidentsFromAlerts,
  recheckIncidents,
} from "#lib/domain/incidents/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Job, someRows } from "./run-jobs.ts";

const { sweepEveryMs, edgesStartMsMax } = limits.incidents;

/**
 * Opens incidents from alerts, writes into open ones what happens around them, and ends those that are over. What calls servers
 * waits for the first edge, `limits.incidents.edgesStartMsMax` at most: edges that start with this process serve nobody yet.
 */
export function incidentJobs(system: System): readonly Job[] {
  const startedMs = system.clock.nowMs();
  let isServing = false;
  const onceServing =
    (work: (of: System, signal: AbortSignal) => Promise<number>): Job["run"] =>
    async (signal) => {
      isServing ||=
        system.clock.nowMs() - startedMs >= edgesStartMsMax || (await edgesReport(system, startedMs));
      return isServing ? someRows(await work(system, signal)) : undefined;
    };
  return [
    {
      name: "incidents-from-alerts",
      everyMs: sweepEveryMs,
      run: onceServing(openIncidentsFromAlerts),
    },
    {
      name: "incident-events",
      everyMs: sweepEveryMs,
      run: async () => someRows(await followIncidents(system)),
    },
    {
      name: "incident-rechecks",
      everyMs: sweepEveryMs,
      run: onceServing(recheckIncidents),
    },
    {
      name: "pending-diagnoses",
      everyMs: sweepEveryMs,
      run: onceServing(diagnosePending),
    },
    {
      name: "old-incidents",
      everyMs: limits.jobs.retentionEveryMs,
      run: async (signal) => someRows(await deleteOldIncidents(system, signal)),
    },
  ];
}
