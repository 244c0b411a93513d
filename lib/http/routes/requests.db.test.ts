import { afterAll, beforeAll, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import type { ConsoleLine, LogStreamStatus, RequestDetail, RequestPage } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { writeConsoleFacts, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { encodeId } from "#lib/kernel/ids.ts";
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
import { requestFact } from "#lib/testing/request-fact.ts";
import { routes } from "./index.ts";

const CALLS = 120;
let store: TestDatabase;
let system: System;
let api: ReturnType<typeof testApi>;
let token: Credentials;
let load: () => Promise<Awaited<ReturnType<System["doors"]["runtime"]["logStream"]>>>;
const wireIds: string[] = [];
const logs = "/organizations/acme/mcp-servers/support-api/logs";
const statusPath = "/organizations/acme/mcp-servers/support-api/log-stream/status";

beforeAll(async () => {
  store = await testDatabase();
  const { acme, globex } = await createTenants(store.database);
  system = testSystem({ database: store.database, doors: { runtime: { logStream: () => load() } } });
  api = testApi(system, routes);
  token = await bearer(system, acme, ["logs:read"]);
  await fill(acme, "support-api");
  await fill(globex, "theirs");
});
afterAll(() => store.close());

/** A server with calls, one a second, and a console line in each. */
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
  const calls = Array.from({ length: CALLS }, (_, index) =>
    ids.uuid(clock.nowMs() - (CALLS - index) * 1_000),
  );
  if (slug === "support-api") wireIds.push(...calls.map((uuid) => encodeId("req", uuid)));
  const common = { organizationId: organization.id, serverId: id, versionId: null, retentionDays: 7 };
  await writeRequestFacts(store.database, {
    region: "eu-1",
    node: "node-1",
    facts: calls.map((uuid, index) =>
      requestFact({
        ...common,
        id: uuid,
        outcome: index % 10 === 0 ? "tool_error" : "ok",
        durationMs: 5,
        requestBytes: 10,
        responseBytes: 20,
      }),
    ),
  });
  await writeConsoleFacts(
    store.database,
    calls.map((uuid, index) => ({
      ...common,
      id: ids.uuid(clock.nowMs() - (CALLS - index) * 1_000),
      requestId: uuid,
      epoch: "epoch-1",
      seq: index + 1,
      timestampMs: clock.nowMs() - (CALLS - index) * 1_000,
      level: index % 10 === 0 ? "error" : "info",
      method: index % 10 === 0 ? "error" : "log",
      message: `${slug} ${index + 1}`,
      truncated: false,
      bytes: 10,
    })),
  );
}

test("logs?page=1&pageSize=50 with a Bearer token reads the log in pages, newest first [ops.logs.rest-page]", async () => {
  const page = async (number: number, asOf?: string) => {
    const query = { page: String(number), pageSize: "50", ...(asOf ? { asOf } : {}) };
    return api.call<RequestPage>("GET", logs, { as: token, query });
  };
  const first = await page(1);
  expect(first).toMatchObject({
    status: 200,
    body: { page: 1, pageSize: 50, total: CALLS, totalIsCapped: false },
  });
  const { asOf } = first.body;
  const all = [first, await page(2, asOf), await page(3, asOf)].flatMap(({ body }) => body.data);
  expect(all.map((row) => row.requestId)).toEqual([...wireIds].reverse());
  expect((await page(4)).body.data).toEqual([]);
});

test("filters choose, and a cursor leads through all of what they chose", async () => {
  const seen: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: Record<string, string> = {
      level: "warn,error",
      pageSize: "5",
      ...(cursor ? { cursor } : {}),
    };
    const { body }: { body: RequestPage } = await api.call<RequestPage>("GET", logs, { as: token, query });
    expect(body.total).toBe(12);
    seen.push(...body.data.map((row) => row.outcome));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(Array.from({ length: 12 }, () => "tool_error"));
});

test("wrong queries are 400 with the parameter's name, never 500", async () => {
  const wrong: Record<string, string>[] = [
    { page: "0" },
    { page: "1e99" },
    { pageSize: "201" },
    { cursor: "nonsense" },
    { level: "fatal" },
    { outcome: "" },
    { from: "yesterday" },
    { requestId: "nonsense" },
    { unknown: "1" },
  ];
  for (const query of wrong) {
    const { status, body } = await api.call<{ errors: { path: string }[] }>("GET", logs, {
      as: token,
      query,
    });
    expect([query, status]).toEqual([query, 400]);
    expect(body.errors.map(({ path }) => path).join()).toContain(Object.keys(query)[0]);
  }
});

test("one call is found by its request id, with the lines written during it; another organization's is not", async () => {
  const path = (org: string) => `/organizations/${org}/requests/${wireIds[7]}`;
  const { status, body } = await api.call<RequestDetail>("GET", path("acme"), { as: token });
  expect(status).toBe(200);
  expect(body.rows).toHaveLength(1);
  expect(body.lines.map((line) => line.message)).toEqual(["support-api 8"]);
  expect((await api.call("GET", path("globex"), { as: token })).status).toBe(404);
});

test("deployment/logs?tail=100 gives the newest console lines, oldest of them first", async () => {
  const path = "/organizations/acme/mcp-servers/support-api/deployment/logs";
  const tail = async (query: Record<string, string>) =>
    (await api.call<ConsoleLine[]>("GET", path, { as: token, query })).body.map((line) => line.seq);
  expect(await tail({ tail: "100" })).toEqual(Array.from({ length: 100 }, (_, index) => index + 21));
  expect(await tail({ tail: "3", level: "error" })).toEqual([91, 101, 111]);
  expect((await api.call("GET", path, { as: token, query: { tail: "1001" } })).status).toBe(400);
});

test("log-stream/status says whether a viewer may connect, and why not", async () => {
  const status = async () => (await api.call<LogStreamStatus>("GET", statusPath, { as: token })).body;
  const holders = [{ name: "Ann", since: "2026-03-01T12:00:00.000Z" }];
  load = async () => ({ viewers: 1, viewersMax: 10, holders, epoch: "e", head: 7 });
  expect(await status()).toMatchObject({ mayConnect: true, code: "ok", holders, head: 7, retention: 7 });
  load = async () => ({ viewers: 10, viewersMax: 10, holders, epoch: "e", head: 7 });
  expect(await status()).toMatchObject({ mayConnect: false, code: "too_many_viewers", holders });
  load = async () => {
    throw new DomainError("unavailable", "The data plane is away.");
  };
  expect(await status()).toMatchObject({ mayConnect: false, code: "unavailable", epoch: null });
  await store.database.sql`update servers set status = 'inactive' where slug = 'support-api'`;
  expect(await status()).toMatchObject({ mayConnect: false, code: "server_inactive" });
});
