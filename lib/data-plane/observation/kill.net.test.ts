import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "#lib/testing/eventually.ts";
import { type ObservingOptions, type ObservingProcess, startObserving } from "#lib/testing/observing.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";

let store: TestDatabase;
let spoolDirectory: string;
const started: ObservingProcess[] = [];
beforeEach(async () => {
  store = await testDatabase();
  spoolDirectory = mkdtempSync(path.join(os.tmpdir(), "mcpstack-spool-"));
});
afterEach(async () => {
  for (const process of started.splice(0)) await process.kill();
  rmSync(spoolDirectory, { recursive: true, force: true });
  await store.close();
});

const SERVERS = [
  { id: "srv_a", retentionDays: 7 },
  { id: "srv_b", retentionDays: 7 },
];
const FORGETFUL = { id: "srv_live_only", retentionDays: 0 };

function observe(over: Partial<ObservingOptions>, fileBlocksMax?: number): ObservingProcess {
  const options = {
    databaseUrl: store.url,
    spoolDirectory,
    run: "run",
    servers: [...SERVERS, FORGETFUL],
    linesPerSecond: 0,
    requestsPerSecond: 0,
    ...over,
  };
  const process = startObserving(options, fileBlocksMax);
  started.push(process);
  return process;
}
const keeping = (n: number): boolean => n % 3 !== 2;
const below = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

async function storedLines(run: string): Promise<number[]> {
  const rows = await store.database.sql<{ message: string }[]>`
    select message from console_log where message like ${`${run}:%`}`;
  return rows.map(({ message }) => Number(/:(\d+) /.exec(message)?.[1])).sort((a, b) => a - b);
}
async function storedRequests(run: string): Promise<number[]> {
  const rows = await store.database.sql<{ client_name: string }[]>`
    select client_name from request_log where client_name like ${`${run}:%`}`;
  return rows.map((row) => Number(row.client_name.split(":")[1])).sort((a, b) => a - b);
}
async function countsAgree(): Promise<void> {
  const [row] = await store.database.sql<Record<string, number>[]>`
    select (select count(*)::int from console_log) as lines,
      (select coalesce(sum(rows), 0)::int from log_counts where log = 'console' and span_minutes = 1440) as lines_counted,
      (select count(*)::int from request_log) as requests,
      (select coalesce(sum(rows), 0)::int from log_counts where log = 'requests' and span_minutes = 15) as requests_counted,
      (select coalesce(sum(stored), 0)::int from request_rollup) as rolled_up`;
  expect(row?.lines_counted).toBe(row?.lines);
  expect([row?.requests_counted, row?.rolled_up]).toEqual([row?.requests, row?.requests]);
}

test("kill -9, twice, with the database away: everything that was on disk is stored, once, and counted once", async () => {
  const away = await store.database.sql.reserve();
  await away`begin`;
  await away`lock table console_log, request_log in access exclusive mode`;
  const first = observe({ run: "one", linesPerSecond: 10_000, requestsPerSecond: 2_000 });
  await eventually(() => expect(first.last()?.kept.lines).toBeGreaterThan(5_000));
  await first.kill();
  const { kept, taken } = first.last() ?? {
    kept: { lines: 0, requests: 0 },
    taken: { lines: 0, requests: 0 },
  };
  expect(kept.requests).toBeGreaterThan(500);

  // The next process takes over what the first left, and is killed as well, at any point of it.
  const second = observe({ run: "two", linesPerSecond: 10_000, requestsPerSecond: 2_000 });
  await eventually(() => expect(second.last()?.kept.lines).toBeGreaterThan(3_000));
  await away`rollback`;
  away.release();
  await eventually(() => expect(second.last()?.writtenLines).toBeGreaterThan(0));
  await second.kill();
  const keptThen = second.last()?.kept ?? { lines: 0, requests: 0 };

  const third = observe({});
  await eventually(() => {
    expect(third.last()).toMatchObject({ backlogBytes: 0, queuedRows: 0 });
    expect(third.log()).toContain("left are stored now");
  });
  await third.stop();
  for (const [run, least] of [
    ["one", kept],
    ["two", keptThen],
  ] as const) {
    const lines = await storedLines(run);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toEqual(expect.arrayContaining(below(least.lines).filter(keeping)));
    const requests = await storedRequests(run);
    expect(new Set(requests).size).toBe(requests.length);
    expect(requests).toEqual(expect.arrayContaining(below(least.requests).filter(keeping)));
  }
  await countsAgree();
  const [counted] = await store.database.sql<{ calls: number }[]>`
    select sum(calls)::int as calls from request_rollup where server_id = ${FORGETFUL.id}`;
  expect(counted?.calls).toBeGreaterThanOrEqual(Math.floor((kept.requests + keptThen.requests) / 3) - 1);
  expect(counted?.calls).toBeLessThanOrEqual(
    (taken.requests + (second.last()?.taken.requests ?? 0) + 4_000) / 3,
  );
  expect(readdirSync(spoolDirectory)).toEqual([]);
});

test("a disk that is full is told once, and the edge stores everything without it", async () => {
  const process = observe({ linesPerSecond: 10_000, linesMax: 5_000 }, 64);
  await eventually(() => expect(process.last()?.writtenLines).toBe(below(5_000).filter(keeping).length));
  await process.stop();
  expect(process.log().match(/cannot be kept on disk/g)).toHaveLength(1);
  expect(await storedLines("run")).toEqual(below(5_000).filter(keeping));
  await countsAgree();
});

test("with the database away for long, memory stays bounded, the disk takes the rest, and all of it is stored when it is back", async () => {
  const away = await store.database.sql.reserve();
  await away`begin`;
  await away`lock table console_log in access exclusive mode`;
  const lines = 15_000;
  const process = observe({ linesPerSecond: 15_000, linesMax: lines, queueRowsMax: 4_000 });
  await eventually(() => expect(process.last()?.kept.lines).toBe(lines));
  expect(process.last()?.queuedRows).toBeLessThanOrEqual(4_000);
  expect(process.last()?.backlogBytes).toBeGreaterThan(0);
  await away`rollback`;
  away.release();
  const kept = below(lines).filter(keeping);
  await eventually(() => expect(process.last()?.writtenLines).toBe(kept.length));
  await eventually(() => expect(process.last()?.diskBytes).toBe(0));
  await process.stop();
  expect(process.last()?.lostRows).toEqual({ debug: 0, info: 0, warn: 0, error: 0 });
  expect(await storedLines("run")).toEqual(kept);
  await countsAgree();
});
