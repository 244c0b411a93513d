import type { Config } from "#lib/config/index.ts";
import { competeForLeadership, openDatabase } from "#lib/db/index.ts";
import { createCanarySchedule } from "#lib/domain/checks/index.ts";
import { runOperationWorker } from "#lib/domain/deployments/index.ts";
import { runLogDrains } from "#lib/domain/log-drains/index.ts";
import { createWebSystem } from "#lib/http/system.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createLog } from "#lib/telemetry/index.ts";
import { runJobs } from "./jobs/run-jobs.ts";
import { scheduleOf } from "./jobs/schedule.ts";
import type { RunningRole } from "./role.ts";

/** Any constant: the jobs of all processes that share a database compete for it. */
const JOBS_LOCK = 7_240_013;

/**
 * The schedules, the log drains and the deployment operations. Of all `jobs` processes on one database one runs the
 * schedules and the drains, and another takes over when it is gone; each of them takes operations from the queue.
 */
export async function startJobs(config: Config): Promise<RunningRole> {
  if (config.databaseUrl === null) {
    throw new Error("The jobs process needs DATABASE_URL; start it through server/main.ts.");
  }
  const log = createLog({ name: "jobs", level: config.logLevel });
  const database = openDatabase({
    url: config.databaseUrl,
    connectionsMax: 4,
    applicationName: "mcpstack-jobs",
    statementTimeoutMs: limits.jobs.statementTimeoutMs,
  });
  await database.sql`select 1`;
  const stopping = new AbortController();
  const system = createWebSystem(config, "jobs");
  const canaries = createCanarySchedule(system);
  const operating = runOperationWorker(system, stopping.signal);
  const competing = competeForLeadership(
    {
      url: config.databaseUrl,
      key: JOBS_LOCK,
      pollMs: limits.jobs.leadershipPollMs,
      checkMs: limits.jobs.leadershipCheckMs,
      signal: stopping.signal,
      onProblem: (error) => log.warn({ err: error }, "the leader's lock was lost or cannot be asked for"),
    },
    async (signal) => {
      log.info({}, "this process runs the schedules now");
      const schedule = scheduleOf(
        { ...system, database },
        {
          canaries,
          quietHours: config.quietHours,
          plansFile: config.plansFile,
        },
      );
      await Promise.all([runJobs(schedule, { log, signal }), runLogDrains(system, signal)]);
    },
  );
  return {
    async close() {
      stopping.abort();
      // A statement that takes long is cut off: every job is safe to repeat.
      await Promise.all([competing, database.close(limits.supervisor.drainMs.jobs / 2), operating]);
      await system.database.close();
    },
  };
}
