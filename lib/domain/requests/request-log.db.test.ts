import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import { OUTCOMES, type RequestPage } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { createIdSource, encodeId } from "#lib/kernel/ids.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  type TestOrganization,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact as madeFact } from "#lib/testing/request-fact.ts";
import {
  type ConsoleFact,
  callsByHour,
  createRollupNames,
  deleteExpiredFacts,
  getRequest,
  listConsoleLines,
  listRequests,
  organizationP95,
  type RequestFact,
  serverStats,
  writeConsoleFacts,
  writeRequestFacts,
} from "./index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const clock = fakeClock(Date.parse("2026-03-10T12:34:56.789Z"));
const ids = createIdSource(() => clock.nowMs());
const PLACE = { region: "eu-1", node: "node-1" };
let testDb: TestDatabase;
let tenants: Tenants;

beforeAll(async () => {
  testDb = await testDatabase();
  tenants = await createTenants(testDb.database);
});
afterAll(() => testDb.close());

const system = () => testSystem({ database: testDb.database, clock });
const ctx = (organization: TestOrganization = tenants.acme) => testCtx(system(), organization, "viewer");

async function makeServer(organization: TestOrganization, retentionDays = 7): Promise<string> {
  const id = ids.id("srv");
  await testDb.database.db.insert(servers).values({
    id,
    organizationId: organization.id,
    slug: `s-${id.slice(-10)}`,
    name: "Support",
    kind: "hosted",
    status: "active",
    retentionDays,
  });
  return id;
}

function requestFact(
  organization: TestOrganization,
  serverId: string,
  over: Partial<RequestFact> = {},
  atMs = clock.nowMs() - 60_000,
): RequestFact {
  const id = ids.uuid(atMs);
  return madeFact({
    id,
    organizationId: organization.id,
    serverId,
    clientName: "test",
    clientVersion: "1.0.0",
    ...over,
  });
}

const write = (facts: RequestFact[]) => writeRequestFacts(testDb.database, { facts, ...PLACE });

function consoleFact(
  organization: TestOrganization,
  serverId: string,
  seq: number,
  over: Partial<ConsoleFact> = {},
): ConsoleFact {
  const timestampMs = over.timestampMs ?? clock.nowMs() - 60_000 + seq;
  return {
    id: ids.uuid(timestampMs),
    organizationId: organization.id,
    serverId,
    versionId: null,
    requestId: null,
    epoch: "epoch-1",
    seq,
    timestampMs,
    level: "info",
    method: "log",
    message: `line ${seq}`,
    truncated: false,
    bytes: 8,
    retentionDays: 7,
    ...over,
  };
}

const countRows = async (serverId: string): Promise<{ rows: number; calls: number; stored: number }> => {
  const { sql } = testDb.database;
  const [row] = await sql<{ rows: string; calls: string; stored: string }[]>`
    select (select count(*) from request_log where server_id = ${serverId}) as rows,
      (select coalesce(sum(calls), 0) from request_rollup where server_id = ${serverId}) as calls,
      (select coalesce(sum(stored), 0) from request_rollup where server_id = ${serverId}) as stored`;
  return { rows: Number(row?.rows), calls: Number(row?.calls), stored: Number(row?.stored) };
};

/** 2,000 messages over five hours, with every outcome, three tools and two methods. */
async function writeHistory(organization: TestOrganization, serverId: string): Promise<void> {
  const facts = Array.from({ length: 2_000 }, (_, index) =>
    requestFact(
      organization,
      serverId,
      {
        outcome: OUTCOMES[index % OUTCOMES.length] ?? "ok",
        tool: ["search", "refund", null][index % 3] ?? null,
        method: index % 5 === 0 ? "tools/list" : "tools/call",
        source: index % 7 === 0 ? "smoke" : "external",
        durationMs: index % 400,
      },
      clock.nowMs() - Math.floor((index * 5 * HOUR_MS) / 2_000),
    ),
  );
  for (let start = 0; start < facts.length; start += 500) await write(facts.slice(start, start + 500));
}

describe("writing", () => {
  test("a batch that is written again, whole or in another grouping, adds no row and no count", async () => {
    const server = await makeServer(tenants.acme);
    const facts = Array.from({ length: 50 }, () => requestFact(tenants.acme, server));
    expect(await write(facts)).toBe(50);
    expect(await write(facts)).toBe(0);
    expect(await write(facts.slice(10, 30))).toBe(0);
    expect(await write([...facts.slice(0, 5), requestFact(tenants.acme, server)])).toBe(1);
    expect(await countRows(server)).toEqual({ rows: 51, calls: 51, stored: 51 });
  });

  test("with retention 0 no row is stored and every call is counted once, however often and in whatever groups it is written", async () => {
    const server = await makeServer(tenants.acme, 0);
    const facts = Array.from({ length: 20 }, () => requestFact(tenants.acme, server, { retentionDays: 0 }));
    await Promise.all([write(facts), write(facts.toReversed()), write(facts.slice(5))]);
    await write(facts.slice(0, 10));
    expect(await countRows(server)).toEqual({ rows: 0, calls: 20, stored: 0 });
  });

  test("concurrent writers of the same hour lose no count and do not block each other for ever", async () => {
    const server = await makeServer(tenants.acme);
    const batches = Array.from({ length: 8 }, () =>
      Array.from({ length: 100 }, (_, index) =>
        requestFact(tenants.acme, server, { tool: `tool-${index % 10}`, durationMs: index * 3 }),
      ),
    );
    await Promise.all(batches.map((facts) => write(facts)));
    expect(await countRows(server)).toEqual({ rows: 800, calls: 800, stored: 800 });
  });

  test("texts and numbers that a client made up cannot poison a batch: they are cut and cleaned", async () => {
    const server = await makeServer(tenants.acme);
    const nasty = requestFact(tenants.acme, server, {
      tool: `bad\0\ud800${"x".repeat(5_000)}`,
      method: "m\0".repeat(1_000),
      error: "\0".repeat(3_000),
      clientName: "'; drop table request_log; --",
      rpcErrorCode: 1e300,
      durationMs: Number.NaN,
      requestBytes: -5,
      responseBytes: Number.POSITIVE_INFINITY,
    });
    expect(await write([nasty, requestFact(tenants.acme, server)])).toBe(2);
    const page = await listRequests(ctx(), { server });
    const row = page.data.find((candidate) => candidate.client.name?.startsWith("'"));
    expect(row?.tool).toBe(`bad\u2400\ufffd${"x".repeat(195)}`);
    expect(row?.rpcErrorCode).toBeNull();
    expect(row?.error).toHaveLength(1_000);
    expect([row?.durationMs, row?.requestBytes, row?.responseBytes]).toEqual([0, 0, 0]);
  });

  test("a client that calls ever new tool names cannot grow the counts without bound; pages stay exact", async () => {
    const server = await makeServer(tenants.acme);
    const facts = Array.from({ length: 60 }, (_, index) =>
      requestFact(tenants.acme, server, { tool: `made-up-${index}` }),
    );
    await writeRequestFacts(
      testDb.database,
      { facts, ...PLACE },
      { names: createRollupNames({ toolsPerServerMax: 10 }) },
    );
    const [row] = await testDb.database.sql<{ n: number }[]>`
      select count(distinct tool)::int as n from request_rollup where server_id = ${server}`;
    expect(row?.n).toBe(11);
    expect(OTHER_NAMES).toMatch(/^\u2026/);
    const page = await listRequests(ctx(), { server, tool: "made-up-45" });
    expect(page.total).toBe(1);
    expect(page.data.map((found) => found.tool)).toEqual(["made-up-45"]);
  });

  test("console lines are stored once, whatever they contain", async () => {
    const server = await makeServer(tenants.acme);
    const messages = ['{"a":"\\"quoted\\""}', "NULL", "{1,2}", "\\", "", "línea ✓ 🎉", "a,b\nc\td"];
    const facts = messages.map((message, index) =>
      consoleFact(tenants.acme, server, index + 1, { message, truncated: index === 0, bytes: 20_000 }),
    );
    expect(await writeConsoleFacts(testDb.database, facts)).toBe(messages.length);
    expect(await writeConsoleFacts(testDb.database, facts)).toBe(0);
    const { data } = await listConsoleLines(ctx(), { server });
    expect(data.map((line) => line.message)).toEqual(messages);
    expect(data[0]).toMatchObject({ truncated: true, bytes: 20_000, seq: 1, epoch: "epoch-1" });
  });
});

describe("pages", () => {
  let server: string;
  beforeAll(async () => {
    server = await makeServer(tenants.acme);
    await writeHistory(tenants.acme, server);
  });

  const filters = [
    {},
    { level: "error" },
    { level: "warn,error" },
    { outcome: "tool_error,timeout" },
    { tool: "refund" },
    { source: "smoke" },
    { method: "tools/list" },
    { from: "2026-03-10T08:15:00.000Z", to: "2026-03-10T11:45:30.500Z" },
    { from: "2026-03-10T08:15:00.000Z", tool: "search", level: "error" },
    { asOf: "2026-03-10T10:20:00.000Z" },
  ];
  test.each(filters)(
    "with %o every page holds what OFFSET would give, and totals are exact",
    async (filter) => {
      const whole: string[] = [];
      let cursor: string | null = null;
      do {
        const page: RequestPage = await listRequests(ctx(), {
          server,
          pageSize: 150,
          ...filter,
          ...(cursor === null ? {} : { cursor }),
        });
        whole.push(...page.data.map((row) => row.id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(whole).toEqual([...new Set(whole)].sort().reverse());
      for (const pageSize of [7, 50, 200]) {
        const pages = Math.ceil(whole.length / pageSize);
        for (const number of new Set([1, 2, 3, Math.ceil(pages / 2), pages - 1, pages, pages + 1])) {
          if (number < 1) continue;
          const page = await listRequests(ctx(), { server, page: number, pageSize, ...filter });
          expect(page.total).toBe(whole.length);
          expect(page.data.map((row) => row.id)).toEqual(
            whole.slice((number - 1) * pageSize, number * pageSize),
          );
          expect(page.nextCursor === null).toBe(number >= pages);
        }
      }
    },
  );

  test("a page read again with its asOf shows the same rows, although newer ones have come", async () => {
    const first = await listRequests(ctx(), { server, pageSize: 20 });
    clock.advance(5_000);
    await write([requestFact(tenants.acme, server, {}, clock.nowMs())]);
    const again = await listRequests(ctx(), { server, pageSize: 20, asOf: first.asOf });
    expect(again.data).toEqual(first.data);
    expect(again.total).toBe(first.total);
    const live = await listRequests(ctx(), { server, pageSize: 20 });
    expect(live.total).toBe(first.total + 1);
  });

  test("page 1,000,000,000 is an empty page, also where the counts do not help", async () => {
    for (const filter of [{}, { method: "tools/call" }, { requestId: ids.uuid() }]) {
      const page = await listRequests(ctx(), { server, page: 1_000_000_000, pageSize: 200, ...filter });
      expect(page).toMatchObject({ data: [], nextCursor: null });
    }
  });

  test("a cursor that was tampered with is refused as invalid input, never a failure of ours", async () => {
    const { nextCursor } = await listRequests(ctx(), { server, pageSize: 1 });
    const good = nextCursor ?? "";
    for (const cursor of [
      "x",
      `${good}=`,
      `${good}A`,
      good.slice(1),
      "' or 1=1 --",
      `${good.slice(0, -1)}_`,
    ]) {
      await expect(listRequests(ctx(), { server, cursor })).rejects.toMatchObject({ code: "invalid_input" });
    }
  });

  test("a window of a hundred years and a window that ends before it begins are answered", async () => {
    const wide = { from: "1970-01-01T00:00:00.000Z", to: "2090-01-01T00:00:00.000Z" };
    expect((await listRequests(ctx(), { server, ...wide })).total).toBeGreaterThan(1_900);
    const none = { from: "2026-03-10T12:00:00.000Z", to: "2026-03-10T11:00:00.000Z" };
    expect(await listRequests(ctx(), { server, ...none })).toMatchObject({ total: 0, data: [] });
  });

  test("filter values are data: wildcards and quotes match nothing but themselves", async () => {
    for (const tool of ["%", "_efund", "refund' or '1'='1"]) {
      expect((await listRequests(ctx(), { server, tool })).total).toBe(0);
    }
  });
});

describe("one call", () => {
  test("shows its messages and the lines written during it, found by the id in X-Request-Id", async () => {
    const server = await makeServer(tenants.acme);
    const request = requestFact(tenants.acme, server, { outcome: "tool_error" });
    await write([request, requestFact(tenants.acme, server)]);
    await writeConsoleFacts(testDb.database, [
      consoleFact(tenants.acme, server, 1, { requestId: request.id, message: "inside" }),
      consoleFact(tenants.acme, server, 2, { message: "outside" }),
    ]);
    const wireId = encodeId("req", request.id);
    const detail = await getRequest(ctx(), { requestId: wireId });
    expect(detail.rows.map((row) => row.outcome)).toEqual(["tool_error"]);
    expect(detail.lines.map((line) => line.message)).toEqual(["inside"]);
    const page = await listRequests(ctx(), { server, requestId: wireId });
    expect(page.data.map((row) => row.requestId)).toEqual([wireId]);
  });

  test("an unknown id, nonsense and another organization's call are the same not_found", async () => {
    const server = await makeServer(tenants.globex);
    const request = requestFact(tenants.globex, server);
    await write([request]);
    const failures: unknown[] = [];
    for (const requestId of [encodeId("req", request.id), encodeId("req", ids.uuid()), "nonsense"]) {
      failures.push(await getRequest(ctx(), { requestId }).catch((error: unknown) => error));
    }
    expect(failures.every((error) => error instanceof DomainError && error.code === "not_found")).toBe(true);
    expect(new Set(failures.map((error) => (error as DomainError).message)).size).toBe(1);
  });
});

describe("tenants", () => {
  test("nothing of one organization shows in another: rows, lines, counts", async () => {
    const theirs = await makeServer(tenants.globex);
    await write([requestFact(tenants.globex, theirs)]);
    await writeConsoleFacts(testDb.database, [consoleFact(tenants.globex, theirs, 1)]);
    await expect(listRequests(ctx(), { server: theirs })).rejects.toMatchObject({ code: "not_found" });
    await expect(listConsoleLines(ctx(), { server: theirs })).rejects.toMatchObject({ code: "not_found" });
    const from = clock.nowMs() - DAY_MS;
    const stats = await serverStats(testDb.database, tenants.acme.id, [theirs], from, clock.nowMs());
    expect(stats.get(theirs)).toEqual({ calls: 0, errors: 0, errorRate: null, p95Ms: null });
    const hours = await callsByHour(testDb.database, tenants.acme.id, from, clock.nowMs(), [theirs]);
    expect(hours.every((hour) => hour.calls === 0)).toBe(true);
    expect((await listRequests(ctx(tenants.globex), { server: theirs })).total).toBe(1);
  });

  test("a caller without logs:read is refused", async () => {
    const server = await makeServer(tenants.acme);
    const blind = testCtx(system(), tenants.acme, "viewer", { scopes: new Set(["servers:read"]) });
    await expect(listRequests(blind, { server })).rejects.toMatchObject({ code: "forbidden" });
    await expect(listConsoleLines(blind, { server })).rejects.toMatchObject({ code: "forbidden" });
    await expect(getRequest(blind, { requestId: ids.uuid() })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("statistics", () => {
  test("calls, errors and p95 count requests only, and agree with what was written", async () => {
    const server = await makeServer(tenants.globex);
    const durations = Array.from({ length: 100 }, (_, index) => index + 1);
    await write([
      ...durations.map((durationMs, index) =>
        requestFact(tenants.globex, server, { durationMs, outcome: index < 10 ? "timeout" : "ok" }),
      ),
      requestFact(tenants.globex, server, { kind: "notification", tool: null }),
      requestFact(tenants.globex, server, { kind: "probe", outcome: "protocol_error" }),
      requestFact(tenants.globex, server, {}, clock.nowMs() - 3 * DAY_MS),
    ]);
    const from = clock.nowMs() - DAY_MS;
    const stats = await serverStats(testDb.database, tenants.globex.id, [server], from, clock.nowMs());
    const found = stats.get(server);
    expect(found).toMatchObject({ calls: 100, errors: 10, errorRate: 0.1 });
    expect(found?.p95Ms).toBeGreaterThan(85);
    expect(found?.p95Ms).toBeLessThanOrEqual(100);
    const hours = await callsByHour(testDb.database, tenants.globex.id, from, clock.nowMs(), [server]);
    expect(hours).toHaveLength(25);
    expect(hours.at(-1)).toMatchObject({ hour: "2026-03-10T12:00:00.000Z", calls: 100, errors: 10 });
    expect(await organizationP95(testDb.database, tenants.globex.id, from, clock.nowMs())).toBeGreaterThan(0);
  });
});

describe("retention", () => {
  test("what is older than the retention is invisible at once and deleted later; counts of calls stay", async () => {
    const server = await makeServer(tenants.acme, 1);
    const oldMs = clock.nowMs() - 2 * DAY_MS;
    const old = requestFact(tenants.acme, server, {}, oldMs);
    await write([old, requestFact(tenants.acme, server)]);
    await writeConsoleFacts(testDb.database, [
      consoleFact(tenants.acme, server, 1, { timestampMs: oldMs }),
      consoleFact(tenants.acme, server, 2),
    ]);
    const visible = async () => ({
      total: (await listRequests(ctx(), { server })).total,
      lines: (await listConsoleLines(ctx(), { server })).data.map((line) => line.seq),
    });
    expect(await visible()).toEqual({ total: 1, lines: [2] });
    await expect(getRequest(ctx(), { requestId: old.id })).rejects.toMatchObject({ code: "not_found" });
    await deleteExpiredFacts(system());
    expect(await visible()).toEqual({ total: 1, lines: [2] });
    expect(await countRows(server)).toEqual({ rows: 1, calls: 2, stored: 1 });
  });

  test("turning the retention to 0 hides everything at once, and the next run deletes it", async () => {
    const server = await makeServer(tenants.acme, 7);
    await write([requestFact(tenants.acme, server)]);
    await testDb.database.sql`update servers set retention_days = 0 where id = ${server}`;
    expect((await listRequests(ctx(), { server })).total).toBe(0);
    await deleteExpiredFacts(system());
    expect(await countRows(server)).toEqual({ rows: 0, calls: 1, stored: 0 });
  });

  test("pages stay exact when the retention grows again after rows were deleted", async () => {
    const server = await makeServer(tenants.acme, 1);
    await write([
      requestFact(tenants.acme, server, {}, clock.nowMs() - 3 * DAY_MS),
      requestFact(tenants.acme, server),
    ]);
    await deleteExpiredFacts(system());
    await testDb.database.sql`update servers set retention_days = 30 where id = ${server}`;
    expect(await listRequests(ctx(), { server })).toMatchObject({ total: 1, data: [{ tool: "search" }] });
  });
});
