import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import { LOG_LEVELS, OUTCOMES, type RequestPage, type StoredLog } from "#lib/contract/index.ts";
import { createIdSource, encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { combinedHours, combinedLevels, countValues, facetsOf, HOURLY_FACETS } from "./facet-counts.ts";
import { levelOfRequest } from "./fact-levels.ts";
import {
  deleteExpiredFacts,
  exportLog,
  getLogFacets,
  getLogHistogram,
  listRequests,
  type RequestFact,
  writeConsoleFacts,
  writeRequestFacts,
} from "./index.ts";
import { logView } from "./log-view.ts";
import { boundOfRows } from "./log-walk.ts";
import { loggedServer } from "./logged-server.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ROWS = 3_000;
const clock = fakeClock(Date.parse("2026-03-10T12:34:56.789Z"));
const ids = createIdSource(() => clock.nowMs());
const nowMs = clock.nowMs();
let testDb: TestDatabase;
let tenants: Tenants;
let server: string;
/** What is stored, newest first: what every answer is compared with. */
let facts: RequestFact[];

beforeAll(async () => {
  testDb = await testDatabase();
  tenants = await createTenants(testDb.database);
  server = await makeServer();
  await testDb.database.sql`
    with bundle as (
      insert into bundles (organization_id, sha256, main_module, bytes, modules)
      values (${tenants.acme.id}, 'sha', 'main.js', 0, '')
    ) insert into server_versions (organization_id, id, server_id, semver, sha256)
    values (${tenants.acme.id}, 'ver_0', ${server}, '1.0.0', 'sha'), (${tenants.acme.id}, 'ver_1', ${server}, '1.1.0', 'sha')`;
  facts = makeFacts(server);
  for (let start = 0; start < ROWS; start += 500) await write(facts.slice(start, start + 500));
});
afterAll(() => testDb.close());

const ctx = () => testCtx(testSystem({ database: testDb.database, clock }), tenants.acme, "viewer");
const write = (rows: RequestFact[]) =>
  writeRequestFacts(testDb.database, { facts: rows, region: "eu-1", node: "node-1" });

async function makeServer(retentionDays = 30): Promise<string> {
  const id = ids.id("srv");
  await testDb.database.db.insert(servers).values({
    id,
    organizationId: tenants.acme.id,
    slug: `s-${id.slice(-10)}`,
    name: "Support",
    kind: "hosted",
    status: "active",
    retentionDays,
  });
  return id;
}

/** Five days: one dense hour, one dense day, quiet nights, and rows at the very edges of quarters and days. */
function makeFacts(serverId: string): RequestFact[] {
  const edges = [0, 1, 899_999, 900_000, HOUR_MS - 1].map(
    (ms) => Date.parse("2026-03-09T00:00:00.000Z") + ms,
  );
  const timeOf = (index: number): number => {
    if (index < edges.length) return edges[index] ?? 0;
    if (index % 3 === 0) return nowMs - HOUR_MS - ((index * 997) % HOUR_MS);
    if (index % 3 === 1) return nowMs - DAY_MS - ((index * 7_919_111) % DAY_MS);
    return nowMs - ((index * 104_729_111) % (5 * DAY_MS));
  };
  const made = Array.from({ length: ROWS }, (_, index): RequestFact => {
    const id = ids.uuid(timeOf(index));
    return requestFact({
      id,
      organizationId: tenants.acme.id,
      serverId,
      versionId: [null, "ver_0", "ver_1"][index % 3] ?? null,
      outcome: OUTCOMES[index % 11 === 0 ? index % OUTCOMES.length : 0] ?? "ok",
      kind: index % 97 === 0 ? "probe" : "request",
      method: index % 5 === 0 ? "tools/list" : "tools/call",
      tool: index % 5 === 0 ? null : (["search", "refund", "100%_off\\"][index % 3] ?? null),
      source: index % 7 === 0 ? "smoke" : "external",
      clientName: index % 4 === 0 ? "Cursor" : "claude-ai",
      clientVersion: "1",
      sessionHash: index % 6 === 0 ? "0123456789abcdef" : null,
      agentId: index % 9 === 0 ? "agt_1" : null,
      gatewayId: index % 8 === 0 ? "gw_1" : null,
      error: index === 1_234 ? "Needle_100% in C:\\haystack" : index % 11 === 0 ? "It failed." : null,
      durationMs: index % 500,
      requestBytes: index,
      responseBytes: index * 3,
      retentionDays: 30,
    });
  });
  return made.sort((a, b) => (a.id < b.id ? 1 : -1));
}

const levelOf = (fact: RequestFact) => levelOfRequest(fact.outcome, fact.kind);
const wireIds = (rows: readonly RequestFact[]): string[] => rows.map(({ id }) => encodeId("log", id));
const inWindow = (
  fact: RequestFact,
  { from, to, asOf }: { from?: string; to?: string; asOf?: string },
): boolean => {
  const ms = timeOfUuid7(fact.id);
  return (
    (from === undefined || ms >= Date.parse(from)) &&
    (to === undefined || ms < Date.parse(to)) &&
    (asOf === undefined || ms <= Date.parse(asOf))
  );
};
const list = (query: Record<string, string | number>) => listRequests(ctx(), { server, ...query });

const moment = fc
  .oneof(
    fc.integer({ min: nowMs - 6 * DAY_MS, max: nowMs }),
    fc.constantFrom(
      ...[0, 900_000, HOUR_MS, DAY_MS].map((ms) => Date.parse("2026-03-09T00:00:00.000Z") + ms),
    ),
  )
  .map((ms) => new Date(ms).toISOString());
const query = fc.record(
  {
    from: moment,
    to: moment,
    asOf: moment,
    level: fc.subarray([...LOG_LEVELS], { minLength: 1 }).map((levels) => levels.join(",")),
    tool: fc.constantFrom("search", "refund", "none"),
    source: fc.constantFrom("smoke", "external,smoke"),
    method: fc.constantFrom("tools/list"),
  },
  { requiredKeys: [] },
);
const matching = (asked: {
  level?: string;
  tool?: string;
  source?: string;
  method?: string;
  from?: string;
  to?: string;
  asOf?: string;
}) =>
  facts.filter(
    (fact) =>
      inWindow(fact, asked) &&
      (asked.level?.split(",").includes(levelOf(fact)) ?? true) &&
      (asked.tool === undefined || fact.tool === asked.tool) &&
      (asked.source?.split(",").includes(fact.source) ?? true) &&
      (asked.method === undefined || fact.method === asked.method),
  );

const agreesWithOffset = () =>
  fc.assert(
    fc.asyncProperty(query, fc.integer({ min: 1, max: 200 }), fc.nat(100), async (asked, pageSize, at) => {
      const rows = matching(asked);
      const page = 1 + Math.floor((at / 100) * (rows.length / pageSize + 1));
      const answer = await list({ ...asked, page, pageSize });
      expect(answer).toMatchObject({ total: rows.length, totalIsCapped: false, search: null });
      const offset = (page - 1) * pageSize;
      expect(answer.data.map(({ id }) => id)).toEqual(wireIds(rows.slice(offset, offset + pageSize)));
      expect(answer.nextCursor === null).toBe(offset + pageSize >= rows.length);
      if (answer.nextCursor === null) return;
      const next = await list({ ...asked, cursor: answer.nextCursor, pageSize });
      expect(next.data.map(({ id }) => id)).toEqual(
        wireIds(rows.slice(offset + pageSize, offset + 2 * pageSize)),
      );
    }),
    { numRuns: 60 },
  );

test(
  "any page of any size in any window holds what OFFSET would give, with the exact total",
  agreesWithOffset,
);

describe("filters", () => {
  const cases: [Record<string, string | number>, (fact: RequestFact) => boolean][] = [
    [{ client: "Cursor" }, (fact) => fact.clientName === "Cursor"],
    [{ agent: "agt_1" }, (fact) => fact.agentId === "agt_1"],
    [{ gateway: "gw_1" }, (fact) => fact.gatewayId === "gw_1"],
    [{ region: "eu-1", level: "error" }, (fact) => levelOf(fact) === "error"],
    [{ region: "us-1" }, () => false],
    [{ version: "1.1.0" }, (fact) => fact.versionId === "ver_1"],
    [{ version: "9.9.9" }, () => false],
    [
      { session: "0123456789abcdef", tool: "search" },
      (fact) => fact.sessionHash !== null && fact.tool === "search",
    ],
    [{ durationMin: 100, durationMax: 120 }, (fact) => fact.durationMs >= 100 && fact.durationMs <= 120],
    [
      { requestBytesMin: 10, requestBytesMax: 20 },
      (fact) => fact.requestBytes >= 10 && fact.requestBytes <= 20,
    ],
    [
      { responseBytesMin: 6_000, responseBytesMax: Number.MAX_SAFE_INTEGER },
      (fact) => fact.responseBytes >= 6_000,
    ],
    [{ durationMin: 120, durationMax: 100 }, () => false],
  ];
  test.each(cases)("%o chooses exactly its rows", async (filter, isMeant) => {
    const rows = facts.filter(isMeant);
    const page = await list({ ...filter, page: 2, pageSize: 20 });
    expect(page).toMatchObject({ total: rows.length, totalIsCapped: false });
    expect(page.data.map(({ id }) => id)).toEqual(wireIds(rows.slice(20, 40)));
  });

  test("the other logs refuse what they do not know, by its name", async () => {
    for (const log of ["console", "upstream"] as const) {
      for (const verb of [getLogHistogram, getLogFacets, exportLog]) {
        await expect(verb(ctx(), { server, log, tool: "search" })).rejects.toMatchObject({
          code: "invalid_input",
          errors: [{ path: "tool", code: "unknown_filter" }],
        });
      }
    }
  });
});

describe("search", () => {
  test.each([
    ["needle_100%", 1],
    ["NEEDLE", 1],
    ["C:\\hay", 1],
    ["needle%100", 0],
    ["Needle__", 0],
    ["(a+)+$", 0],
    ["'; drop table request_log; --", 0],
  ])("%j is found as it is written, %d times", async (q, total) => {
    const page = await list({ q });
    expect(page).toMatchObject({
      total,
      totalIsCapped: false,
      nextCursor: null,
      search: { isComplete: true },
    });
    expect(page.data).toHaveLength(total);
  });

  test("a search goes on by its cursor until it has seen everything, and finds each row once", async () => {
    const rows = facts.filter((fact) => fact.error === "It failed." || fact.clientName === "It failed.");
    const seen: string[] = [];
    let page = await list({ q: "it FAILED", pageSize: 50 });
    for (;;) {
      seen.push(...page.data.map(({ id }) => id));
      if (page.nextCursor === null) break;
      expect(page.search?.isComplete).toBe(false);
      page = await list({ q: "it FAILED", pageSize: 50, cursor: page.nextCursor });
    }
    expect(page.search?.isComplete).toBe(true);
    expect(seen).toEqual(wireIds(rows));
  });

  test("a search that runs out of time says how far it came, and its cursor goes on from there", async () => {
    // Every look at the clock takes longer than a whole search may.
    let elapsedMs = 0;
    const monotonicMs = () => {
      elapsedMs += 10 * limits.requests.searchBudgetMs;
      return elapsedMs;
    };
    const slow = { nowMs: clock.nowMs, monotonicMs };
    const slowCtx = { ...ctx(), clock: slow };
    const rare = { server, q: "needle" };
    let page: RequestPage = await listRequests(slowCtx, { ...rare });
    const scanned = [page.search?.scannedTo ?? ""];
    const found = [...page.data];
    while (page.nextCursor !== null) {
      page = await listRequests(slowCtx, { ...rare, cursor: page.nextCursor });
      scanned.push(page.search?.scannedTo ?? "");
      found.push(...page.data);
    }
    expect(scanned.length).toBeGreaterThan(1);
    expect(scanned).toEqual([...scanned].sort().reverse());
    expect(found.map(({ error }) => error)).toEqual(["Needle_100% in C:\\haystack"]);
    expect(page.search?.isComplete).toBe(true);
  });
});

describe("histogram", () => {
  const bars = async (filter: Record<string, string | number>, log: StoredLog = "requests") =>
    getLogHistogram(ctx(), { server, log, ...filter });

  test("from counts and from rows, bars hold exactly the rows of the window, by level", async () => {
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 1, max: 200 }), async ({ asOf: _asOf, ...asked }, wanted) => {
        const histogram = await bars({ ...asked, bars: wanted });
        const rows = matching(asked).filter(inVisible(histogram.from));
        for (const [index, bar] of histogram.bars.entries()) {
          const fromMs = Date.parse(bar.at);
          expect(fromMs).toBe(Date.parse(histogram.bars[0]?.at ?? "") + index * histogram.barMs);
          const inBar = rows.filter(({ id }) => {
            const ms = timeOfUuid7(id);
            return ms >= fromMs && ms < fromMs + histogram.barMs;
          });
          for (const level of LOG_LEVELS) {
            expect(bar[level]).toBe(inBar.filter((fact) => levelOf(fact) === level).length);
          }
        }
        const shown = histogram.bars.reduce(
          (sum, bar) => sum + bar.debug + bar.info + bar.warn + bar.error,
          0,
        );
        expect(shown).toBe(rows.length);
        expect(histogram.countedBackTo).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  const inVisible = (from: string) => (fact: RequestFact) => timeOfUuid7(fact.id) >= Date.parse(from);

  test("a window of ten years is the history there is; one that ends before it begins is empty", async () => {
    const wide = await bars({ from: "2020-01-01T00:00:00.000Z", to: "2030-01-01T00:00:00.000Z" });
    expect(wide.bars.length).toBeLessThanOrEqual(61);
    expect(wide.bars.reduce((sum, bar) => sum + bar.info, 0)).toBe(
      facts.filter((fact) => levelOf(fact) === "info").length,
    );
    const reversed = { from: "2026-03-10T12:00:00.000Z", to: "2026-03-10T11:00:00.000Z" };
    expect((await bars(reversed)).bars).toEqual([]);
    expect((await bars({ ...reversed, q: "x" })).bars).toEqual([]);
  });
});

describe("facets", () => {
  const facet = async (filter: Record<string, string>, name: string) =>
    (await getLogFacets(ctx(), { server, ...filter })).facets.find((one) => one.facet === name);
  const counted = (rows: readonly RequestFact[], read: (fact: RequestFact) => string | null) =>
    [...Map.groupBy(rows, read)]
      .flatMap(([value, group]) => (value === null ? [] : [{ value, label: null, count: group.length }]))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));

  test("each counts its values under all filters but its own", async () => {
    const filter = { tool: "refund", level: "error,warn" };
    const tools = facts.filter((fact) => ["error", "warn"].includes(levelOf(fact)));
    expect((await facet(filter, "tool"))?.values).toEqual(counted(tools, ({ tool }) => tool));
    const levels = facts.filter(({ tool }) => tool === "refund");
    expect((await facet(filter, "level"))?.values).toEqual(counted(levels, levelOf));
    const clients = tools.filter(({ tool }) => tool === "refund");
    expect((await facet(filter, "client"))?.values).toEqual(counted(clients, ({ clientName }) => clientName));
    expect((await facet({ client: "Cursor" }, "version"))?.values).toEqual(
      counted(
        facts.filter(({ clientName }) => clientName === "Cursor"),
        ({ versionId }) => (versionId === null ? null : versionId === "ver_0" ? "1.0.0" : "1.1.0"),
      ),
    );
  });

  test("where rows are too many, the hourly counts know the same, cut to the window", async () => {
    const { sql } = testDb.database;
    const window = { from: "2026-03-07T03:14:15.926Z", to: "2026-03-10T11:45:30.500Z" };
    const filter = { level: ["error" as const] };
    const view = logView(
      sql,
      "requests",
      await loggedServer(testDb.database, tenants.acme.id, server),
      window,
      {
        nowMs,
        asOfMs: nowMs,
      },
    );
    const hourly = facetsOf("requests").filter((one) => HOURLY_FACETS.includes(one.facet));
    const values = await countValues(sql, tenants.acme.id, hourly, filter, combinedHours(sql, view));
    const valuesOf = (name: string) =>
      values.flatMap((one) =>
        one.facet === name ? [{ value: one.value, label: null, count: one.rows }] : [],
      );
    const rows = facts.filter((fact) => inWindow(fact, window));
    const errors = rows.filter((fact) => levelOf(fact) === "error");
    expect(valuesOf("level")).toEqual(counted(rows, levelOf));
    const levels = facetsOf("requests").filter(({ facet }) => facet === "level");
    const bySpans = await countValues(sql, tenants.acme.id, levels, filter, combinedLevels(sql, view));
    expect(bySpans).toEqual(values.filter((one) => one.facet === "level"));
    expect(valuesOf("tool")).toEqual(counted(errors, ({ tool }) => tool));
    expect(valuesOf("source")).toEqual(counted(errors, ({ source }) => source));
    expect(await boundOfRows(sql, view, 100)).toBe(rows[99]?.id);
    expect(await boundOfRows(sql, view, rows.length)).toBe(rows.at(-1)?.id);
    expect(await boundOfRows(sql, view, rows.length + 1)).toBeNull();
  });

  test("they follow the window and the text, and say how many rows they are of", async () => {
    const from = new Date(nowMs - DAY_MS).toISOString();
    const rows = facts.filter((fact) => inWindow(fact, { from }));
    const { facets, isSampled, countedRows } = await getLogFacets(ctx(), { server, from });
    expect({ isSampled, countedRows }).toEqual({ isSampled: false, countedRows: rows.length });
    expect(facets.find((one) => one.facet === "source")?.values).toEqual(
      counted(rows, ({ source }) => source),
    );
    expect((await facet({ q: "needle" }, "outcome"))?.values).toHaveLength(1);
    expect((await getLogFacets(ctx(), { server, log: "console" })).facets.map((one) => one.facet)).toEqual([
      "level",
      "version",
    ]);
  });
});

describe("export", () => {
  async function exported(filter: Record<string, string>): Promise<string> {
    let text = "";
    for await (const chunk of (await exportLog(ctx(), { server, ...filter })).chunks) text += chunk;
    return text;
  }

  test("NDJSON holds every row under the filter, newest first, and says how many", async () => {
    const rows = facts.filter((fact) => fact.source === "smoke" && levelOf(fact) === "error");
    const lines = (await exported({ source: "smoke", level: "error" })).trimEnd().split("\n");
    const objects = lines.map((line) => JSON.parse(line) as { id: string });
    expect(objects.slice(0, -1).map(({ id }) => id)).toEqual(wireIds(rows));
    expect(objects.at(-1)).toEqual({ export: { rows: rows.length, isCapped: false } });
  });

  test("console lines and upstream calls are exported too, also when there are none", async () => {
    await writeConsoleFacts(testDb.database, [
      {
        id: ids.uuid(nowMs - 60_000),
        organizationId: tenants.acme.id,
        serverId: server,
        versionId: null,
        requestId: null,
        epoch: "epoch-1",
        seq: 1,
        timestampMs: nowMs - 60_000,
        level: "info",
        method: "log",
        message: "=1+1",
        truncated: false,
        bytes: 4,
        retentionDays: 7,
      },
    ]);
    expect(await exported({ log: "console", format: "csv" })).toContain(`"info","'=1+1","log"`);
    expect(await exported({ log: "upstream", format: "text" })).toBe("# 0 rows\n");
  });

  test("no more than a batch of rows is held, and an export that is left reads no further", async () => {
    const { chunks } = await exportLog(ctx(), { server });
    let pieces = 0;
    for await (const chunk of chunks) {
      expect(chunk.split("\n").length - 1).toBeLessThanOrEqual(limits.requests.exportBatchRowsMax);
      if (++pieces === 2) break;
    }
    expect(pieces).toBe(2);
  });

  test("a stranger's server is not found before a byte is sent", async () => {
    const stranger = testCtx(testSystem({ database: testDb.database, clock }), tenants.globex, "viewer");
    for (const verb of [getLogHistogram, getLogFacets, exportLog]) {
      await expect(verb(stranger, { server })).rejects.toMatchObject({ code: "not_found" });
    }
  });
});

test("pages, totals and bars stay exact when rows are deleted by retention and it grows again", async () => {
  await testDb.database.sql`update servers set retention_days = 2 where id = ${server}`;
  await deleteExpiredFacts(testSystem({ database: testDb.database, clock }));
  await testDb.database.sql`update servers set retention_days = 30 where id = ${server}`;
  const left = await testDb.database.sql<
    { id: string }[]
  >`select id from request_log where server_id = ${server}`;
  const kept = new Set(left.map(({ id }) => id));
  facts = facts.filter(({ id }) => kept.has(id));
  expect(facts.length).toBeLessThan(ROWS);
  await agreesWithOffset();
});
