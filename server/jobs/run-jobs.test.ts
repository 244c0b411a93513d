import { expect, it } from "vitest";
import { recordingLog } from "#lib/testing/recording-log.ts";
import { type Job, runJobs } from "./run-jobs.ts";

/** Runs jobs with waits that end at once, until `roundsMax` waits were asked for; answers the waits. */
const run = async (jobs: Job[], roundsMax: number) => {
  const log = recordingLog();
  const waits: number[] = [];
  const stop = new AbortController();
  await runJobs(jobs, {
    log,
    signal: stop.signal,
    pause: async (ms) => {
      waits.push(ms);
      return waits.length < roundsMax;
    },
  });
  return { log, waits };
};

it("repeats a job in its interval and logs what it did", async () => {
  const { log, waits } = await run([{ name: "sweep", everyMs: 60_000, run: async () => ({ rows: 3 }) }], 3);
  expect(waits).toEqual([60_000, 60_000, 60_000]);
  expect(log.entries[0]).toMatchObject({ level: "info", fields: { job: "sweep", rows: 3 } });
});

it("tries a failing job again with a growing delay, at most its interval, and forgets the failures after a success", async () => {
  let runs = 0;
  const job: Job = {
    name: "flaky",
    everyMs: 5_000,
    run: async () => {
      runs += 1;
      if (runs <= 4) throw new Error("no");
      return undefined;
    },
  };
  const { log, waits } = await run([job], 6);
  expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  expect(log.entries.filter((entry) => entry.level === "error")).toHaveLength(4);
});

it("does not start anything when leadership is over already", async () => {
  let runs = 0;
  const job: Job = { name: "late", everyMs: 1, run: async () => ({ runs: ++runs }) };
  await runJobs([job], { log: recordingLog(), signal: AbortSignal.abort() });
  expect(runs).toBe(0);
});
