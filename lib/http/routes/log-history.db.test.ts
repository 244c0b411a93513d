import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import type { Facets, Histogram, RequestPage } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { writeRequestFacts } from "#lib/domain/requests/index.ts";
import {
  bearer,
  type Credentials,
  createTenants,
  type TestDatabase,
  type TestOrganization,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { routes } from "./index.ts";

const CALLS = 2_500;
let store: TestDatabase;
let system: System;
let api: ReturnType<typeof testApi>;
let token: Credentials;
const logs = "/organizations/acme/mcp-servers/support-api/logs";
const verbs = [logs, `${logs}/histogram`, `${logs}/facets`, `${logs}/export`] as const;

beforeAll(async () => {
  store = await testDatabase();
  const { acme, globex } = await createTenants(store.database);
  system = testSystem({ database: store.database });
  api = testApi(system, routes);
  token = await bearer(system, acme, ["logs:read"]);
  await fill(acme, "support-api");
  await fill(globex, "theirs");
});
afterAll(() => store.close());

async function fill(organization: TestOrganization, slug: string): Promise<void> {
  const { ids, clock } = system;
  const id = ids.id("srv");
  await store.database.db.insert(servers).values({
    id,
    organizationId: organization.id,
    slug,
    name: slug,
    kind: "hosted",
    status: "active",
    retentionDays: 7,
  });
  const facts = Array.from({ length: CALLS }, (_, index) => {
    const uuid = ids.uuid(clock.nowMs() - (CALLS - index) * 1_000);
    return {
      ...{ id: uuid, requestId: uuid, organizationId: organization.id, serverId: id, versionId: null },
      ...{ outcome: index % 10 === 0 ? ("tool_error" as const) : ("ok" as const), kind: "request" as const },
      ...{ era: "modern" as const, method: "tools/call", tool: "search", source: "external" as const },
      ...{ clientName: slug, clientVersion: null, sessionHash: null, agentId: null, gatewayId: null },
      ...{
        httpStatus: 200,
        rpcErrorCode: null,
        error: index % 10 === 0 ? "100%_off\\" : null,
        durationMs: 5,
      },
      ...{ requestBytes: 10, responseBytes: 20, traceId: null, decision: null, retentionDays: 7 },
    };
  });
  await writeRequestFacts(store.database, { region: "eu-1", node: "node-1", facts });
}

const get = <Body>(path: string, query: Record<string, string> = {}) =>
  api.call<Body>("GET", path, { as: token, query });

test("the histogram counts every call of the window in bars of time and level", async () => {
  const { status, body } = await get<Histogram>(`${logs}/histogram`, { bars: "50" });
  expect(status).toBe(200);
  expect(body.bars.reduce((sum, bar) => sum + bar.info, 0)).toBe(CALLS * 0.9);
  expect(body.bars.reduce((sum, bar) => sum + bar.error, 0)).toBe(CALLS * 0.1);
});

test("facets count values under all filters but their own", async () => {
  const { status, body } = await get<Facets>(`${logs}/facets`, { outcome: "tool_error" });
  expect(status).toBe(200);
  const facet = (name: string) => body.facets.find((one) => one.facet === name)?.values;
  expect(facet("outcome")).toEqual([
    { value: "ok", label: null, count: CALLS * 0.9 },
    { value: "tool_error", label: null, count: CALLS * 0.1 },
  ]);
  expect(facet("client")).toEqual([{ value: "support-api", label: null, count: CALLS * 0.1 }]);
});

describe("export", () => {
  test.each([
    ["ndjson", "application/x-ndjson", CALLS + 1],
    ["csv", "text/csv; charset=utf-8; header=present", CALLS + 1],
  ])("%s is a download of all rows that says how long it may be", async (format, type, lines) => {
    const { status, headers, text } = await get(`${logs}/export`, { format });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe(type);
    expect(headers.get("content-disposition")).toMatch(
      new RegExp(`^attachment; filename="support-api-requests-\\d{8}T\\d{6}Z\\.${format}"$`),
    );
    expect(headers.get("x-export-rows-max")).toBe("1000000");
    expect(text.trimEnd().split("\n")).toHaveLength(lines);
  });

  test("only asked for, it is not made", async () => {
    const { status, text, headers } = await api.call("HEAD", `${logs}/export`, { as: token });
    expect([status, text, headers.get("content-type")]).toEqual([200, "", "application/x-ndjson"]);
  });

  test("what fails before the first byte is a problem, not half a file", async () => {
    const { status, body } = await get<{ errors: unknown[] }>(`${logs}/export`, {
      log: "console",
      tool: "x",
    });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: "tool", code: "unknown_filter" }]);
  });

  test("a database that goes away in the middle breaks the download off and is logged", async () => {
    const { request } = {
      request: new Request(`http://127.0.0.1:3000/api/v1${logs}/export`, { headers: token }),
    };
    const response = await api.dispatch(request);
    const reader = response.body?.getReader();
    await reader?.read();
    await store.database.sql`alter table request_log rename to request_log_away`;
    try {
      const readOn = async () => {
        while (!(await reader?.read())?.done);
      };
      await expect(readOn()).rejects.toThrow();
    } finally {
      await store.database.sql`alter table request_log_away rename to request_log`;
    }
  });
});

/** One filter of each kind: known by counts of levels, by hourly counts, by rows alone, and text. */
const KINDS: readonly Record<string, string>[] = [
  {},
  { level: "error" },
  { tool: "search" },
  { client: "support-api" },
  { q: "off" },
];

describe("bad input", () => {
  const foreign = async (): Promise<string> => {
    const stranger = await bearer(system, (await organizations()).globex, ["logs:read"]);
    const path = "/organizations/globex/mcp-servers/theirs/logs";
    const page = await api.call<RequestPage>("GET", path, { as: stranger, query: { pageSize: "1" } });
    return page.body.nextCursor ?? "";
  };
  const organizations = async () => {
    const rows = await store.database.sql<{ id: string; slug: string }[]>`select id, slug from organizations`;
    return Object.fromEntries(rows.map((row) => [row.slug, { id: row.id }])) as Record<
      "globex",
      { id: string }
    >;
  };

  test("a cursor of another organization is only a place in time: it shows nothing of theirs", async () => {
    const { status, body } = await get<RequestPage>(logs, { cursor: await foreign() });
    expect(status).toBe(200);
    expect(body.data.every((row) => row.client.name === "support-api")).toBe(true);
  });

  test.each([
    "x",
    "AAAA",
    "=".repeat(22),
    "A".repeat(22),
    "_".repeat(22),
    "\u00e9",
    "AZmV-h7EcACAAAAAAAAAAA==",
    "req_01k",
  ])("the cursor %j is answered or refused, never a failure", async (cursor) => {
    for (const filter of KINDS) {
      const { status, body } = await get<{ errors?: { code: string }[] }>(logs, { cursor, ...filter });
      expect([200, 400]).toContain(status);
      if (status === 400) expect(body.errors?.[0]?.code).toBe("invalid_cursor");
    }
  });

  test.each<Record<string, string>>([
    { from: "2016-01-01T00:00:00.000Z", to: "2026-01-01T00:00:00.000Z" },
    { from: "0001-01-01T00:00:00Z", to: "9999-12-31T23:59:59.999Z" },
    { from: "9999-12-31T23:59:59.999Z" },
    { to: "0001-01-01T00:00:00Z" },
    { from: "2026-03-01T12:00:00.000Z", to: "2026-03-01T11:00:00.000Z" },
  ])("the window %o is answered by every route, with every kind of filter", async (window) => {
    for (const path of verbs) {
      for (const filter of KINDS) {
        expect((await get(path, { ...window, ...filter })).status).toBe(200);
      }
    }
  });

  test.each([
    ["9998-12-31T00:00:00.000Z", 200],
    ["1970-01-02T00:00:00Z", 200],
    ["9999-12-31T23:59:59.999Z", 400],
    ["0001-01-01T00:00:00Z", 400],
  ])("asOf %s is answered or refused, never a failure", async (asOf, expected) => {
    for (const filter of KINDS) {
      const { status } = await get(logs, { asOf, page: "1000000000", pageSize: "200", ...filter });
      expect(status).toBe(expected);
    }
  });

  test("text with a NUL or half a character is refused by its name; wildcards and patterns are only text", async () => {
    for (const path of verbs) {
      // A URL cannot carry half a surrogate pair: it arrives as the replacement character, which is just text.
      expect((await get(path, { q: "\ud800" })).status).toBe(200);
      const { status, body } = await get<{ errors: { path: string }[] }>(path, { q: "a\0b" });
      expect(status).toBe(400);
      expect(body.errors[0]?.path).toBe("q");
    }
    const total = async (q: string) => (await get<RequestPage>(logs, { q, pageSize: "1" })).body.total;
    expect(await total("100%_off\\")).toBeGreaterThan(0);
    for (const q of ["%", "_", "100_%off", "\\", "(a+)+$", "[", "x' or '1'='1"]) {
      expect([q, (await total(q)) > 0]).toEqual([q, ["%", "_", "\\"].includes(q)]);
    }
  });

  test("whatever a parameter holds, the answer is a page or a problem of the caller, never a failure of ours", async () => {
    const names = [
      "level",
      "outcome",
      "source",
      "tool",
      "method",
      "client",
      "agent",
      "gateway",
      "region",
      "version",
    ];
    const more = [
      "requestId",
      "session",
      "q",
      "from",
      "to",
      "cursor",
      "asOf",
      "page",
      "pageSize",
      "bars",
      "log",
    ];
    const sizes = ["durationMin", "durationMax", "requestBytesMin", "requestBytesMax", "responseBytesMax"];
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 250 }),
      fc.constantFrom(
        "",
        "-1",
        "1e999",
        "NaN",
        "0x10",
        "9007199254740992",
        "null",
        "[]",
        "{}",
        "../..",
        "%00",
        "error,",
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...verbs),
        fc.constantFrom(...names, ...more, ...sizes, "format", "unknown"),
        value,
        async (path, name, text) => {
          expect([200, 400]).toContain((await get(path, { [name]: text })).status);
        },
      ),
      { numRuns: 150 },
    );
  });
});
