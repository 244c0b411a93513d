import { afterAll, beforeAll, expect, test } from "vitest";
import { edgeNodes, operations } from "#drizzle/schema/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { runHostingCheck } from "#lib/domain/checks/index.ts";
import { type RequestFact, writeRequestFacts } from "#lib/domain/requests/index.ts";
import { createServer } from "#lib/domain/servers/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  type FakeClock,
  type FakeRuntime,
  fakeClock,
  fakeRuntime,
  passedCheck,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { getHostingHealth } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let clock: FakeClock;
const runtime: FakeRuntime = fakeRuntime();
const ids = createIdSource();

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  clock = fakeClock(Date.now());
});
afterAll(() => test_.close());

const ctxOf = (organization: "acme" | "globex", role: "owner" | "developer" | "viewer"): Ctx =>
  testCtx(testSystem({ database: test_.database, clock, doors: { runtime } }), tenants[organization], role);
const viewer = (): Ctx => ctxOf("acme", "viewer");
let made = 0;
async function hosted(): Promise<string> {
  made += 1;
  const server = await createServer(ctxOf("acme", "developer"), {
    kind: "hosted",
    name: `H${made}`,
    slug: `health-${made}`,
  });
  return server.id;
}
const node = (name: string, region: string, heartbeatAgoMs = 1_000) => ({
  node: name,
  region,
  version: "0.1.0",
  controlAddress: `unix:/run/${name}.sock`,
  ownUrl: "http://127.0.0.1:1",
  heartbeatAt: new Date(clock.nowMs() - heartbeatAgoMs),
});

test("regions follow from heartbeats and the last hosting check; a later operation makes them unknown", async () => {
  await test_.database.db
    .insert(edgeNodes)
    .values([
      node("edge-eu", "eu"),
      node("edge-us", "us"),
      node("edge-ap", "ap", limits.nodes.silentMs + 1_000),
    ]);
  const server = await hosted();
  const states = async () =>
    Object.fromEntries(
      (await getHostingHealth(viewer(), { server })).regions.map(({ region, state }) => [region, state]),
    );
  expect(await states()).toEqual({ ap: "down", eu: "unknown", us: "unknown" });
  runtime.onHostingCheck = () => [
    passedCheck("eu", "edge-eu"),
    { ...passedCheck("us", "edge-us"), status: "failed" },
  ];
  await runHostingCheck(ctxOf("acme", "developer"), { server });
  expect(await states()).toEqual({ ap: "down", eu: "healthy", us: "down" });
  const { regions } = await getHostingHealth(viewer(), { server });
  expect(regions[1]).toMatchObject({
    region: "eu",
    nodes: [{ node: "edge-eu", version: "0.1.0", state: "live" }],
    lastProbe: { status: "passed", durationMs: 5, failedStep: null, detail: null },
  });
  clock.advance(1_000);
  await test_.database.db.insert(operations).values({
    organizationId: tenants.acme.id,
    id: ids.id("op"),
    serverId: server,
    kind: "restart",
    state: "succeeded",
    actor: "system:test",
    finishedAt: new Date(clock.nowMs()),
  });
  expect(await states()).toEqual({ ap: "down", eu: "unknown", us: "unknown" });
});

const fact = (serverId: string, over: Partial<RequestFact>): RequestFact => {
  const id = ids.uuid(clock.nowMs());
  return requestFact({
    id,
    organizationId: tenants.acme.id,
    serverId,
    tool: "echo",
    durationMs: 10,
    responseBytes: 200,
    ...over,
  });
};
const store = (facts: RequestFact[]) =>
  writeRequestFacts(test_.database, { region: "eu", node: "edge-eu", facts });

test("caps tell the largest call of the last day and how many calls each cap ended", async () => {
  const server = await hosted();
  expect((await getHostingHealth(viewer(), { server })).caps).toEqual([
    { cap: "toolCallDurationMs", max: limits.mcp.toolCallDurationMsMax, peak24h: 0, exceeded24h: 0 },
    { cap: "requestBytes", max: limits.mcp.requestBytesMax, peak24h: 0, exceeded24h: 0 },
    { cap: "responseBytes", max: limits.mcp.responseBytesMax, peak24h: 0, exceeded24h: 0 },
  ]);
  await store([
    fact(server, { durationMs: 1_500, requestBytes: 5_000, responseBytes: 90_000 }),
    fact(server, { durationMs: 120_000, outcome: "timeout" }),
    fact(server, { outcome: "too_large", responseBytes: 33_554_432 }),
    fact(server, { outcome: "too_large", responseBytes: 33_554_432 }),
    fact(server, { outcome: "too_large", kind: "invalid", tool: null, requestBytes: 4_194_305 }),
    // A long stream is no tool call.
    fact(server, { method: "subscriptions/listen", tool: null, durationMs: 900_000 }),
  ]);
  expect((await getHostingHealth(viewer(), { server })).caps).toMatchObject([
    { peak24h: 120_000, exceeded24h: 1 },
    { peak24h: 4_194_305, exceeded24h: 1 },
    { peak24h: 33_554_432, exceeded24h: 2 },
  ]);
  clock.advance(26 * 3_600_000);
  expect((await getHostingHealth(viewer(), { server })).caps).toMatchObject([
    { peak24h: 0, exceeded24h: 0 },
    { peak24h: 0 },
    { peak24h: 0 },
  ]);
});

test("crashes come from the edges; edges that are away leave the rest as it is", async () => {
  const server = await hosted();
  const crash = { at: "2026-03-01T12:00:00.000Z", node: "edge-eu", region: "eu", reason: "memory_limit" };
  runtime.ended = [crash];
  expect((await getHostingHealth(viewer(), { server })).crashes).toEqual([crash]);
  const away = testCtx(
    testSystem({
      database: test_.database,
      clock,
      doors: { runtime: { ...runtime, crashes: () => Promise.reject(new Error("connect ENOENT")) } },
    }),
    tenants.acme,
    "viewer",
  );
  expect(await getHostingHealth(away, { server })).toMatchObject({ crashes: [], caps: [{}, {}, {}] });
});

test("a stranger's server and a missing one give the same answer", async () => {
  const server = await hosted();
  const stranger = ctxOf("globex", "owner");
  const answerOf = (work: Promise<unknown>) => work.then(String, ({ code, message }) => ({ code, message }));
  expect(await answerOf(getHostingHealth(stranger, { server }))).toEqual(
    await answerOf(getHostingHealth(stranger, { server: "no-such-server" })),
  );
});
