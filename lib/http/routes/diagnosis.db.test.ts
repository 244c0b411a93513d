import { afterAll, beforeAll, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import { AlertRule, Diagnosis, ReachReport, WindowComparison } from "#lib/contract/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { writeRequestFacts } from "#lib/domain/requests/index.ts";
import {
  bearer,
  type Credentials,
  createTenants,
  type TestDatabase,
  testApi,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { routes } from "./index.ts";

const MINUTE_MS = 60_000;
let store: TestDatabase;
let system: System;
let api: ReturnType<typeof testApi>;
let reader: Credentials;
let operator: Credentials;
const server = "/organizations/acme/mcp-servers/support-api";
const rules = "/organizations/acme/alert-rules";

beforeAll(async () => {
  store = await testDatabase();
  const { acme } = await createTenants(store.database);
  system = testSystem({
    database: store.database,
    doors: { runtime: { crashes: async () => [], status: async () => [], startWaits: async () => [] } },
  });
  api = testApi(system, routes);
  reader = await bearer(system, acme, ["incidents:read"]);
  operator = await bearer(system, acme, ["alerts:read", "alerts:write"]);
  const id = system.ids.id("srv");
  await store.database.db.insert(servers).values({
    id,
    organizationId: acme.id,
    slug: "support-api",
    name: "Support",
    kind: "hosted",
    status: "active",
  });
  const nowMs = system.clock.nowMs();
  const calls = (count: number, fromMs: number, clientName: string) =>
    Array.from({ length: count }, (_, n) =>
      requestFact({
        id: system.ids.uuid(fromMs + n * 1_000),
        organizationId: acme.id,
        serverId: id,
        clientName,
      }),
    );
  await writeRequestFacts(store.database, {
    region: "eu-1",
    node: "n1",
    facts: [
      ...calls(40, nowMs - 50 * MINUTE_MS, "claude"),
      ...calls(40, nowMs - 20 * MINUTE_MS, "claude"),
      ...calls(200, nowMs - 20 * MINUTE_MS, "cursor"),
    ],
  });
});
afterAll(() => store.close());

const times = (fromMinutes: number, toMinutes: number) => {
  const at = (minutes: number) => new Date(system.clock.nowMs() - minutes * MINUTE_MS).toISOString();
  return { from: at(fromMinutes), to: at(toMinutes) };
};
const get = (path: string, query: Record<string, string> = {}, as = reader) =>
  api.call("GET", path, { as, query });

test("a diagnosis is answered as it is, and questions that cannot be asked are refused in words", async () => {
  const diagnose = (body: object) => api.call("POST", "/organizations/acme/diagnoses", { as: reader, body });
  const answer = await diagnose({ server: "support-api", probe: false });
  expect(answer.status).toBe(200);
  expect(Diagnosis.parse(answer.body)).toMatchObject({ subject: { server: { slug: "support-api" } } });
  const at = (ms: number) => new Date(system.clock.nowMs() + ms).toISOString();
  for (const bad of [{ at: at(10 * MINUTE_MS) }, { windowMs: 10 }, { windowMs: 3.2e11 }, { at: "soon" }])
    expect(await diagnose(bad), JSON.stringify(bad)).toMatchObject({ status: 400 });
  for (const strange of [{ server: "theirs" }, { server: "support-api", agent: "nobody" }])
    expect(await diagnose(strange)).toMatchObject({ status: 404 });
});

test("what moved in a window is answered with its counts, the largest shift first", async () => {
  const answer = await get(`${server}/compare`, times(30, 0));
  expect(answer.status).toBe(200);
  const { now, before, shifts } = WindowComparison.parse(answer.body);
  expect([now.calls, before.calls]).toEqual([240, 40]);
  expect(shifts[0]).toMatchObject({
    dimension: "client",
    key: "cursor",
    now: { calls: 200 },
    before: { calls: 0 },
  });
});

test("how far each client came is answered, and that one did not arrive", async () => {
  const answer = await get(`${server}/reach`, { ...times(30, 0), client: "vscode" });
  expect(answer.status).toBe(200);
  expect(ReachReport.parse(answer.body)).toMatchObject({ didNotArrive: true, clients: [] });
  const all = await get(`${server}/reach`, times(30, 0));
  expect(ReachReport.parse(all.body).clients.map(({ client, lastStage }) => [client, lastStage])).toEqual([
    ["cursor", "tools/call"],
    ["claude", "tools/call"],
  ]);
});

test.each(["compare", "reach"])("%s refuses windows that cannot be looked at, in words", async (path) => {
  const bad = [times(0, 30), times(30, -5), times(3_650 * 24 * 60, 0), { from: "yesterday", to: "now" }, {}];
  for (const query of bad) {
    const answer = await get(`${server}/${path}`, query);
    expect(answer, JSON.stringify(query)).toMatchObject({ status: 400, body: { code: "invalid_input" } });
  }
});

test("rules are listed and changed; one that there is not is a 404", async () => {
  const listed = await get(rules, {}, operator);
  expect(AlertRule.array().parse(listed.body)).toHaveLength(7);
  const set = (rule: string) =>
    api.call("PATCH", `${rules}/${rule}`, { as: operator, body: { objective: 0.999 } });
  expect(await set("error_burn")).toMatchObject({ status: 200, body: { objective: 0.999 } });
  expect(await set("no_such")).toMatchObject({ status: 404 });
  expect(await set("crash_loop")).toMatchObject({ status: 400 });
});
