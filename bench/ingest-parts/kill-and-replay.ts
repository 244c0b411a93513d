import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Database } from "#lib/db/index.ts";
import { type ObservingProcess, type ObservingReport, startObserving } from "#lib/testing/observing.ts";

/** What a run under load came to. */
export interface LoadResult {
  taken: number;
  /** Of those that were safe on disk, how many the store does not have although they were not shed. */
  lost: number;
  /** Of those that were not yet on disk when the process was killed: the store has them not, and need not. */
  unkept: number;
  duplicated: number;
  countsAreExact: boolean;
  seconds: number;
  storedPerSecond: number;
  keptMs: { p50: number; p99: number; max: number };
  diskBytesMax: number;
  residentBytesMax: number;
  /** Of one core, of the processes that observe. */
  cpuShare: number;
  /** Given up because there was no room, and told so. */
  shed: number;
}

const SERVERS = Array.from({ length: 50 }, (_, index) => ({ id: `srv_load_${index}`, retentionDays: 7 }));
const STORED_MS_MAX = 120_000;

/**
 * Console lines at a steady rate through the real observation, with its spool, into a real database. In the middle the
 * process is killed with -9; the next one takes over what it left and goes on.
 */
export async function killAndReplay(
  database: Database,
  databaseUrl: string,
  { linesPerSecond, seconds }: { linesPerSecond: number; seconds: number },
): Promise<LoadResult> {
  const spoolDirectory = await mkdtemp(path.join(os.tmpdir(), "mcpstack-bench-spool-"));
  const half = Math.ceil(seconds / 2);
  const start = (run: string): ObservingProcess =>
    startObserving({
      databaseUrl,
      spoolDirectory,
      run,
      servers: SERVERS,
      linesPerSecond,
      requestsPerSecond: 0,
      linesMax: linesPerSecond * half,
    });
  try {
    const startedMs = performance.now();
    const first = start("one");
    await until(() => (first.last()?.taken.lines ?? 0) >= linesPerSecond * half * 0.95, half * 4_000, first);
    await first.kill();
    const second = start("two");
    const isDone = (): boolean => {
      const last = second.last();
      return last !== undefined && last.taken.lines >= linesPerSecond * half && isStored(last);
    };
    await until(isDone, half * 4_000 + STORED_MS_MAX, second);
    const elapsedSeconds = (performance.now() - startedMs) / 1_000;
    await second.stop();
    const reports = [...first.reports, ...second.reports];
    const kept = first.last()?.kept.lines ?? 0;
    const taken = (first.last()?.taken.lines ?? 0) + (second.last()?.taken.lines ?? 0);
    const found = { one: await storedOf(database, "one"), two: await storedOf(database, "two") };
    const keptMs = reports.flatMap((report) => report.keptMs).sort((left, right) => left - right);
    const at = (share: number): number => keptMs[Math.floor((keptMs.length - 1) * share)] ?? Number.NaN;
    const shedOf = (process: ObservingProcess): number =>
      Object.values(process.last()?.lostRows ?? {}).reduce((sum, rows) => sum + rows, 0);
    const missingOne = kept - (await storedBelow(database, "one", kept));
    const cpuMicros = [first, second].reduce((sum, each) => sum + (each.last()?.cpuMicros ?? 0), 0);
    return {
      taken,
      lost:
        Math.max(0, missingOne - shedOf(first)) +
        Math.max(0, linesPerSecond * half - found.two.distinct - shedOf(second)),
      unkept: (first.last()?.taken.lines ?? 0) - kept,
      duplicated: found.one.rows - found.one.distinct + found.two.rows - found.two.distinct,
      countsAreExact: await countsAreExact(database),
      seconds: elapsedSeconds,
      storedPerSecond: (found.one.rows + found.two.rows) / elapsedSeconds,
      keptMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
      diskBytesMax: Math.max(...reports.map((report) => report.diskBytes)),
      residentBytesMax: Math.max(...reports.map((report) => report.residentBytes)),
      cpuShare: cpuMicros / 1e6 / elapsedSeconds,
      shed: shedOf(first) + shedOf(second),
    };
  } finally {
    await rm(spoolDirectory, { recursive: true, force: true });
  }
}

const isStored = ({ backlogBytes, queuedRows, diskBytes }: ObservingReport): boolean =>
  backlogBytes === 0 && queuedRows === 0 && diskBytes === 0;

async function until(isTrue: () => boolean, msMax: number, process: ObservingProcess): Promise<void> {
  const startedMs = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedMs > msMax) {
      throw new Error(`not within ${msMax} ms: ${JSON.stringify(process.last())}\n${process.log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function storedOf({ sql }: Database, run: string): Promise<{ rows: number; distinct: number }> {
  const [row] = await sql<{ rows: string; distinct: string }[]>`
    select count(*) as rows, count(distinct split_part(message, ' ', 1)) as distinct
    from console_log where message like ${`${run}:%`}`;
  return { rows: Number(row?.rows), distinct: Number(row?.distinct) };
}

async function storedBelow({ sql }: Database, run: string, end: number): Promise<number> {
  const [row] = await sql<{ found: string }[]>`
    select count(distinct n) as found from (
      select split_part(split_part(message, ' ', 1), ':', 2)::bigint as n
      from console_log where message like ${`${run}:%`}
    ) numbered where n < ${end}`;
  return Number(row?.found);
}

async function countsAreExact({ sql }: Database): Promise<boolean> {
  const [row] = await sql<{ differences: string }[]>`
    select count(*) as differences from (
      select server_id, span_minutes, sum(rows) as rows from log_counts where log = 'console' group by 1, 2
    ) counted full join (
      select server_id, count(*) as rows from console_log group by 1
    ) stored using (server_id)
    where counted.rows is distinct from stored.rows`;
  return Number(row?.differences) === 0;
}
