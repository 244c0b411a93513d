import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/index.ts";
import { requestFact as madeFact } from "#lib/testing/request-fact.ts";
import {
  type ConsoleFact,
  type RequestFact,
  type UpstreamFact,
  writeConsoleFacts,
  writeRequestFacts,
  writeUpstreamFacts,
} from "./index.ts";

const NOW_MS = Date.parse("2026-03-10T12:34:56.789Z");
const DAY_MS = 86_400_000;
const ids = createIdSource(() => NOW_MS);
let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 8 });
});
afterAll(() => store.close());

const owner = (organizationId = "org_acme") => ({
  organizationId,
  serverId: ids.id("srv"),
  versionId: null,
});
type Owner = ReturnType<typeof owner>;

const requestFact = (own: Owner, over: Partial<RequestFact> = {}, atMs = NOW_MS): RequestFact => {
  const id = ids.uuid(atMs);
  return madeFact({
    ...own,
    id,
    ...over,
  });
};

let seq = 0;
const consoleFact = (own: Owner, over: Partial<ConsoleFact> = {}, atMs = NOW_MS): ConsoleFact => ({
  ...own,
  id: ids.uuid(atMs),
  requestId: null,
  epoch: "epoch-1",
  seq: ++seq,
  timestampMs: atMs,
  level: "info",
  method: "log",
  message: "a line",
  truncated: false,
  bytes: 6,
  retentionDays: 7,
  ...over,
});

const upstreamFact = (own: Owner, over: Partial<UpstreamFact> = {}, atMs = NOW_MS): UpstreamFact => ({
  ...own,
  id: ids.uuid(atMs),
  requestId: null,
  method: "GET",
  url: "https://api.example.com/orders",
  httpStatus: 200,
  outcome: "ok",
  error: null,
  durationMs: 5,
  requestBytes: 0,
  responseBytes: 10,
  retentionDays: 7,
  ...over,
});

const writeRequests = (facts: RequestFact[]) =>
  writeRequestFacts(store.database, { facts, region: "eu-1", node: "node-1" });

const LOGS = { requests: "request_log", console: "console_log", upstream: "upstream_calls" } as const;

/** The counts of a server in one log as they are, and as its rows say that they must be. */
async function countsOf(serverId: string, log: keyof typeof LOGS) {
  const { sql } = store.database;
  const kept = await sql<{ cell: string; rows: number }[]>`
    select concat_ws(' ', organization_id, span_minutes, extract(epoch from start)::bigint, level) as cell, rows::int
    from log_counts where server_id = ${serverId} and log = ${log} order by 1`;
  const rows = await sql<{ id: string; organization_id: string; level: number }[]>`
    select id, organization_id, level from ${sql(LOGS[log])} where server_id = ${serverId}`;
  const real = new Map<string, number>();
  for (const { id, organization_id, level } of rows) {
    const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    for (const minutes of [15, 60, 1440]) {
      const start = Math.floor(ms / (minutes * 60_000)) * minutes * 60;
      const cell = `${organization_id} ${minutes} ${start} ${level}`;
      real.set(cell, (real.get(cell) ?? 0) + 1);
    }
  }
  return {
    kept: Object.fromEntries(kept.map(({ cell, rows: n }) => [cell, n])),
    real: Object.fromEntries(real),
  };
}

async function expectExactCounts(serverId: string, log: keyof typeof LOGS, rows: number): Promise<void> {
  const { kept, real } = await countsOf(serverId, log);
  expect(kept).toEqual(real);
  const days = Object.entries(kept).filter(([cell]) => cell.includes(" 1440 "));
  expect(days.reduce((sum, [, n]) => sum + n, 0)).toBe(rows);
}

describe("counts by span", () => {
  const levels = ["debug", "info", "warn", "error"] as const;
  const ageMs = fc.integer({ min: 0, max: 3 * DAY_MS });

  test("are what the rows say, whatever is repeated, in whatever grouping and order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(ageMs, fc.constantFrom(...levels)), { minLength: 1, maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { maxLength: 4 }),
        async (made, parts) => {
          const own = owner();
          const lines = made.map(([ago, level]) => consoleFact(own, { level }, NOW_MS - ago));
          const calls = made.map(([ago, level]) =>
            upstreamFact(own, { httpStatus: level === "error" ? 500 : 200 }, NOW_MS - ago),
          );
          const requests = made.map(([ago, level]) =>
            requestFact(own, { outcome: level === "error" ? "timeout" : "ok" }, NOW_MS - ago),
          );
          for (const [from, to] of [...parts, [0, 60] as const]) {
            const part = <Fact>(facts: Fact[]): Fact[] =>
              facts.slice(Math.min(from, to), Math.max(from, to)).reverse();
            await Promise.all([
              writeConsoleFacts(store.database, part(lines)),
              writeUpstreamFacts(store.database, part(calls)),
              writeRequests(part(requests)),
            ]);
          }
          for (const log of ["requests", "console", "upstream"] as const) {
            await expectExactCounts(own.serverId, log, made.length);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test("know nothing of rows that are not kept", async () => {
    const own = owner();
    await writeConsoleFacts(store.database, [consoleFact(own, { retentionDays: 0 })]);
    await writeUpstreamFacts(store.database, [upstreamFact(own, { retentionDays: 0 })]);
    await writeRequests([requestFact(own, { retentionDays: 0 })]);
    for (const log of ["requests", "console", "upstream"] as const) {
      expect(await countsOf(own.serverId, log)).toEqual({ kept: {}, real: {} });
    }
  });

  test("of one organization are not those of another, also for the same server id", async () => {
    const acme = owner();
    const globex = { ...acme, organizationId: "org_globex" };
    await writeConsoleFacts(store.database, [consoleFact(acme), consoleFact(acme), consoleFact(globex)]);
    const { kept, real } = await countsOf(acme.serverId, "console");
    expect(kept).toEqual(real);
    expect(Object.keys(kept).filter((cell) => cell.startsWith("org_globex"))).toHaveLength(3);
  });

  test("writers that write the same rows of the same servers at once end, and count each row once", async () => {
    const owners = [owner(), owner("org_globex"), owner()];
    const lines = Array.from({ length: 600 }, (_, index) =>
      consoleFact(
        owners[index % 3] ?? owner(),
        { level: levels[index % 4] ?? "info" },
        NOW_MS - index * 60_000,
      ),
    );
    const shuffled = (start: number): ConsoleFact[] => [
      ...lines.slice(start).reverse(),
      ...lines.slice(0, start),
    ];
    const stored = await Promise.all(
      [0, 100, 200, 300, 400, 500].map((start) => writeConsoleFacts(store.database, shuffled(start))),
    );
    expect(stored.reduce((sum, n) => sum + n, 0)).toBe(600);
    for (const own of owners) await expectExactCounts(own.serverId, "console", 200);
  });
});

describe("upstream calls", () => {
  test("have the level that their end deserves", async () => {
    const own = owner();
    const ends: [Partial<UpstreamFact>, number][] = [
      [{ outcome: "ok", httpStatus: 204 }, 1],
      [{ outcome: "ok", httpStatus: 302 }, 1],
      [{ outcome: "ok", httpStatus: 404 }, 2],
      [{ outcome: "ok", httpStatus: 503 }, 3],
      [{ outcome: "refused", httpStatus: null }, 2],
      [{ outcome: "failed", httpStatus: null }, 3],
      [{ outcome: "failed", httpStatus: 200 }, 3],
      [{ outcome: "timeout", httpStatus: null }, 3],
      [{ outcome: "too_large", httpStatus: 200 }, 3],
      [{ outcome: "canceled", httpStatus: null }, 1],
    ];
    await writeUpstreamFacts(
      store.database,
      ends.map(([over]) => upstreamFact(own, over)),
    );
    const rows = await store.database.sql<{ level: number }[]>`
      select level from upstream_calls where server_id = ${own.serverId} order by id`;
    expect(rows.map((row) => row.level)).toEqual(ends.map(([, level]) => level));
  });

  test("hold what strangers sent, cut and cleaned, and never poison a batch", async () => {
    const own = owner();
    const nasty = upstreamFact(own, {
      url: `https://x.example/\0${"p".repeat(5_000)}`,
      method: "G\0ET\ud800",
      error: "\0".repeat(3_000),
      httpStatus: 1e9,
      durationMs: Number.NaN,
      requestBytes: -1,
      responseBytes: Number.POSITIVE_INFINITY,
    });
    expect(await writeUpstreamFacts(store.database, [nasty, upstreamFact(own)])).toBe(2);
    const [row] = await store.database.sql`
      select method, length(url)::int as url, length(error)::int as error, http_status, duration_ms,
        request_bytes::int, response_bytes::int
      from upstream_calls where id = ${nasty.id}`;
    expect(row).toEqual({
      method: "G\u2400ET\ufffd",
      url: 2_000,
      error: 1_000,
      http_status: null,
      duration_ms: 0,
      request_bytes: 0,
      response_bytes: 0,
    });
  });
});

describe("bodies", () => {
  const bodies = { request: '{"a":"\\"é\\\\"}', response: "{}", requestBytes: 40_000, responseBytes: 2 };

  test("are stored with their row, once, and only where the row is", async () => {
    const own = owner();
    const spoken = requestFact(own, { bodies });
    const half = requestFact(own, { bodies: { ...bodies, request: null, response: "bad\0\ud800" } });
    const unkept = requestFact(own, { bodies, retentionDays: 0 });
    const silent = [requestFact(own), requestFact(own, { bodies: null })];
    await writeRequests([spoken, half, unkept, ...silent]);
    await writeRequests([spoken]);
    const rows = await store.database.sql`
      select id, organization_id, request, response, request_bytes::int, response_bytes::int
      from request_bodies where server_id = ${own.serverId} order by id`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      {
        id: spoken.id,
        organization_id: "org_acme",
        request: bodies.request,
        response: bodies.response,
        request_bytes: 40_000,
        response_bytes: 2,
      },
      {
        id: half.id,
        organization_id: "org_acme",
        request: null,
        response: "bad\u2400\ufffd",
        request_bytes: 40_000,
        response_bytes: 2,
      },
    ]);
  });
});
