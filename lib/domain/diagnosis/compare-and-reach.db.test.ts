import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessKeys, agents, gatewayServers, gateways, servers } from "#drizzle/schema/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
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
import { type RequestFact, writeRequestFacts } from "../requests/index.ts";
import { compareServerWindows } from "./compare/index.ts";
import { getReach } from "./reach/index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.parse("2026-03-10T12:30:00.000Z");
const clock = fakeClock(NOW_MS);
const ids = createIdSource(() => NOW_MS);
const srv = { support: ids.id("srv"), quiet: ids.id("srv"), theirs: ids.id("srv") };
const gw = { main: ids.id("gw") };
const agt = { bot: ids.id("agt"), theirs: ids.id("agt") };
const key = ids.id("key");
const window = { from: iso(NOW_MS - 30 * MINUTE_MS), to: iso(NOW_MS) };
let store: TestDatabase;
let tenants: Tenants;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const system = () => testSystem({ database: store.database, clock });
const compare = (
  input: Partial<Parameters<typeof compareServerWindows>[1]> = {},
  organization = tenants.acme,
) =>
  compareServerWindows(testCtx(system(), organization, "viewer"), { server: "support", ...window, ...input });
const reach = (input: Partial<Parameters<typeof getReach>[1]> = {}, organization = tenants.acme) =>
  getReach(testCtx(system(), organization, "viewer"), { server: "support", ...window, ...input });

/** `count` facts, one a second, from `fromMs` on. */
const facts = (count: number, fromMs: number, own: Partial<RequestFact>): RequestFact[] =>
  Array.from({ length: count }, (_, n) =>
    requestFact({
      id: ids.uuid(fromMs + n * 1_000),
      organizationId: tenants.acme.id,
      serverId: srv.support,
      ...own,
    }),
  );
const decided = (reason: "allowed" | "credentials_missing" | "token_expired", principal: string | null) => ({
  reason,
  principal,
  grantId: null,
  explanation: null,
});

beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 6 });
  tenants = await createTenants(store.database);
  const { acme, globex } = tenants;
  const { db } = store.database;
  const server = (id: string, organizationId: string, slug: string) => ({
    id,
    organizationId,
    slug,
    name: slug,
    kind: "hosted" as const,
    createdAt: new Date(NOW_MS - 2 * DAY_MS),
  });
  await db
    .insert(servers)
    .values([
      server(srv.support, acme.id, "support"),
      server(srv.quiet, acme.id, "quiet"),
      server(srv.theirs, globex.id, "theirs"),
    ]);
  await db.insert(agents).values([
    { id: agt.bot, organizationId: acme.id, name: "Bot" },
    { id: agt.theirs, organizationId: globex.id, name: "Their bot" },
  ]);
  await db
    .insert(gateways)
    .values({ organizationId: acme.id, id: gw.main, name: "Main", access: ["oauth", "key"] });
  await db
    .insert(gatewayServers)
    .values({ organizationId: acme.id, serverId: srv.support, gatewayId: gw.main, publicId: "support-abc" });
  await db.insert(accessKeys).values({
    organizationId: acme.id,
    id: key,
    gatewayId: gw.main,
    name: "Partner key",
    prefix: "mcpstack_gk_abcd",
    hash: key,
  });
  const [nowMs, beforeMs] = [NOW_MS - 20 * MINUTE_MS, NOW_MS - 50 * MINUTE_MS];
  const claude = { clientName: "claude", gatewayId: gw.main, decision: decided("allowed", `key:${key}`) };
  const bot = { clientName: "bot", agentId: agt.bot, source: "agent" as const };
  await writeRequestFacts(store.database, {
    region: "eu-1",
    node: "n1",
    facts: [
      ...facts(60, beforeMs, { ...claude, tool: "search" }),
      ...facts(40, beforeMs, { ...bot, tool: "refund" }),
      ...facts(60, nowMs, { ...claude, tool: "search" }),
      ...facts(40, nowMs, { ...bot, tool: "refund", outcome: "tool_error" }),
      ...facts(300, nowMs, { ...bot, tool: "refund" }),
      // None of these is a call of a caller.
      ...facts(500, nowMs, { source: "smoke", clientName: "ours" }),
      ...facts(500, nowMs, { method: "tools/list", tool: null, ...claude }),
      // On its way and not further.
      ...facts(1, nowMs, {
        kind: "invalid",
        method: null,
        tool: null,
        outcome: "auth_denied",
        httpStatus: 401,
        gatewayId: gw.main,
        decision: decided("credentials_missing", null),
      }),
      ...facts(1, nowMs + MINUTE_MS, {
        clientName: "cursor",
        method: "tools/list",
        tool: null,
        outcome: "auth_denied",
        gatewayId: gw.main,
        decision: decided("token_expired", "oauth:ada"),
      }),
    ],
  });
  await writeRequestFacts(store.database, {
    region: "eu-1",
    node: "n1",
    facts: facts(900, nowMs, { organizationId: globex.id, serverId: srv.theirs, clientName: "globex" }),
  });
});
afterAll(() => store.close());

describe("compare", () => {
  test("counts tool calls of callers only and names what moved first, with its counts", async () => {
    const comparison = await compare();
    expect(comparison).toMatchObject({
      against: "previous",
      window,
      compared: { from: iso(NOW_MS - 60 * MINUTE_MS), to: window.from },
      now: { calls: 400, errors: 40 },
      before: { calls: 100, errors: 0 },
      isSampled: false,
    });
    const [first] = comparison.shifts;
    expect(first).toMatchObject({
      key: expect.stringMatching(/bot|refund|agt_|agent/),
      now: { calls: 340, errors: 40 },
      before: { calls: 40, errors: 0, share: 0.4 },
    });
    expect(comparison.shifts.length).toBe(limits.incidents.shiftsMax);
  });

  test("keys and agents are told by their names, those of strangers never", async () => {
    const { shifts } = await compare();
    const labels = new Map(shifts.map(({ dimension, label }) => [dimension, label]));
    expect(labels.get("agent") ?? "Bot").toBe("Bot");
    const text = JSON.stringify(shifts);
    expect(text).not.toContain("globex");
  });

  test("an agent or a tool narrows both windows", async () => {
    expect(await compare({ agent: "bot" })).toMatchObject({ now: { calls: 340 }, before: { calls: 40 } });
    expect(await compare({ tool: "search" })).toMatchObject({
      now: { calls: 60 },
      before: { calls: 60 },
      shifts: [],
    });
  });

  test("a window with nothing to compare with has no shifts, and says how little there was", async () => {
    expect(await compare({ against: "day" })).toMatchObject({ before: { calls: 0 }, shifts: [] });
    expect(await compare({ server: "quiet" })).toMatchObject({ now: { calls: 0 }, shifts: [] });
  });
});

describe("reach", () => {
  test("each client with the last stage that was seen of it, newest first", async () => {
    const report = await reach();
    const stateOf = (client: string) =>
      Object.fromEntries(
        report.clients
          .find((one) => one.client === client)
          ?.stages.map(({ stage, state, reason }) => [stage, reason ?? state]) ?? [],
      );
    expect(stateOf("claude")).toEqual({
      discovery: "not_needed",
      authorization: "passed",
      initialize: "not_needed",
      "tools/list": "passed",
      "tools/call": "passed",
    });
    expect(stateOf("")).toMatchObject({ discovery: "passed", authorization: "credentials_missing" });
    expect(stateOf("cursor")).toMatchObject({ authorization: "token_expired", "tools/call": "not_seen" });
    expect(stateOf("ours")).toEqual({});
    expect(report.urls).toEqual({ direct: null, gateway: "http://127.0.0.1:3000/gateway/support-abc/mcp" });
    expect(report.knownSince).toBe(iso(NOW_MS - 2 * DAY_MS));
    const times = report.clients.map(({ lastAt }) => lastAt);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test("a client that did not arrive is said, beside those turned away before they named themselves", async () => {
    const report = await reach({ client: "vscode" });
    expect(report.didNotArrive).toBe(true);
    expect(report.clients.map(({ client, lastStage }) => [client, lastStage])).toEqual([
      ["", "authorization"],
    ]);
    expect((await reach({ client: "claude" })).didNotArrive).toBe(false);
    expect((await reach({ agent: "Bot" })).didNotArrive).toBe(false);
  });
});

describe("bad input", () => {
  test.each([
    ["reversed", { from: window.to, to: window.from }],
    ["in_future", { from: window.from, to: iso(NOW_MS + 2 * MINUTE_MS) }],
    ["too_long", { from: iso(NOW_MS - 3_650 * DAY_MS), to: window.to }],
    ["too_short", { from: iso(NOW_MS - 1_000), to: window.to }],
  ])("a window that is %s is refused in words", async (code, asked) => {
    for (const verb of [compare, reach])
      await expect(verb(asked)).rejects.toMatchObject({ code: "invalid_input", errors: [{ code }] });
  });

  test("a stranger's server and agent are the same 404 as missing ones", async () => {
    const strangers = [
      { server: "theirs" },
      { server: srv.theirs },
      { agent: agt.theirs },
      { server: "none" },
    ];
    for (const asked of strangers) {
      await expect(compare(asked)).rejects.toMatchObject({ code: "not_found" });
      await expect(reach(asked)).rejects.toMatchObject({ code: "not_found" });
    }
  });
});
