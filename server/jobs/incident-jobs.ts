import type { System } from "#lib/domain/access/index.ts";
import {
  deleteOldIncidents,
  diagnosePending,
  followIncidents,
  openIncidentsFromAlerts,
  recheckIncidents,
} from "#lib/domain/incidents/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Job, someRows } from "./run-jobs.ts";

const { sweepEveryMs } = limits.incidents;

/** Opens incidents from alerts, writes into open ones what happens around them, and ends those that are over. */
export const incidentJobs = (system: System): readonly Job[] => [
  {
    name: "incidents-from-alerts",
    everyMs: sweepEveryMs,
    run: async (signal) => someRows(await openIncidentsFromAlerts(system, signal)),
  },
  {
    name: "incident-events",
    everyMs: sweepEveryMs,
    run: async () => someRows(await followIncidents(system)),
  },
  {
    name: "incident-rechecks",
    everyMs: sweepEveryMs,
    run: async (signal) => someRows(await recheckIncidents(system, signal)),
  },
  {
    name: "pending-diagnoses",
    everyMs: sweepEveryMs,
    run: async (signal) => someRows(await diagnosePending(system, signal)),
  },
  {
    name: "old-incidents",
    everyMs: limits.jobs.retentionEveryMs,
    run: async (signal) => someRows(await deleteOldIncidents(system, signal)),
  },
];
