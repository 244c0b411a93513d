import { setTimeout as delay } from "node:timers/promises";
import { limits } from "#lib/kernel/limits.ts";
import type { Log } from "#lib/telemetry/index.ts";

/** Work that is done again and again. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Answers what it did, for the log; undefined when there was nothing to do. Must be safe to repeat; may stop early on `signal`. */
  run(signal: AbortSignal): Promise<object | undefined>;
}

/** What a job answers that counts rows. */
export const someRows = (rows: number): object | undefined => (rows > 0 ? { rows } : undefined);

export interface RunJobsOptions {
  log: Log;
  signal: AbortSignal;
  /** Waits `ms`; false when the signal ended the wait. */
  pause?: (ms: number, signal: AbortSignal) => Promise<boolean>;
}

/**
 * Runs every job at once and then in its interval, each on its own: a slow or failing job does not hold up another.
 * A failing one is tried again with a growing delay, at most its interval. Resolves when `signal` is aborted and
 * what was running has ended.
 */
export async function runJobs(
  jobs: readonly Job[],
  { log, signal, pause = pauseFor }: RunJobsOptions,
): Promise<void> {
  const repeat = async (job: Job) => {
    let failures = 0;
    do {
      failures = (await runOnce(job, log, signal)) ? 0 : failures + 1;
    } while (await pause(delayAfter(job, failures), signal));
  };
  if (!signal.aborted) await Promise.all(jobs.map(repeat));
}

async function runOnce(job: Job, log: Log, signal: AbortSignal): Promise<boolean> {
  const startedAtMs = performance.now();
  try {
    const done = await job.run(signal);
    const ms = Math.round(performance.now() - startedAtMs);
    if (done) log.info({ job: job.name, ms, ...done }, `${job.name}: done`);
    else log.debug({ job: job.name, ms }, `${job.name}: nothing to do`);
    return true;
  } catch (error) {
    log.error({ job: job.name, err: error }, `${job.name}: failed; trying again`);
    return false;
  }
}

const delayAfter = (job: Job, failures: number): number =>
  failures === 0
    ? job.everyMs
    : Math.min(job.everyMs, limits.jobs.retryDelayMsMin * 2 ** Math.min(failures - 1, 20));

const pauseFor = (ms: number, signal: AbortSignal): Promise<boolean> =>
  delay(ms, true, { signal }).catch(() => false);
