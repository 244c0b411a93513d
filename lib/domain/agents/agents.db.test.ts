import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { agentServers, agents, budgetSpend, usageRollup } from "#drizzle/schema/index.ts";
import type { Agent } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { fakeClock } from "#lib/testing/index.ts";
import { createGateway, createGrant, listGrants } from "../gateways/index.ts";
import { deleteServer } from "../servers/index.ts";
import {
  attachAgentServer,
  createAgent,
  deleteAgent,
  detachAgentServer,
  getAgent,
  listAgentServers,
  listAgents,
  loadAgentEntries,
  pauseAgent,
  resumeAgent,
  updateAgent,
} from "./index.ts";

const clock = fakeClock(Date.parse("2026-03-10T12:00:00.000Z"));
let own: GatewayFixture;
let agent: Agent;
let foreign: Agent;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture({ clock });
});
afterAll(() => own.store.close());
beforeEach(async () => {
  made += 1;
  agent = await createAgent(admin(), { name: `Agent ${made}` });
  foreign = await createAgent(own.stranger(), { name: `Foreign ${made}` });
});

const admin = () => own.as("admin");
const entryOf = async (id: string) =>
  (await loadAgentEntries(own.store.database)).find((entry) => entry.id === id);

test("an agent begins with nothing: no keys, no servers, no caps, and its loops are watched", async () => {
  expect(await getAgent(own.as("viewer"), { agent: agent.id })).toEqual({
    id: agent.id,
    name: `Agent ${made}`,
    description: "",
    status: "active",
    pause: null,
    serverCount: 0,
    keyCount: 0,
    createdBy: "Acme admin",
    createdAt: "2026-03-10T12:00:00.000Z",
    updatedAt: "2026-03-10T12:00:00.000Z",
  });
  expect(await entryOf(agent.id)).toEqual({
    id: agent.id,
    organizationId: own.tenants.acme.id,
    name: `Agent ${made}`,
    isPaused: false,
    pauseReason: null,
    serverIds: new Set(),
    budget: {
      monthlyCapMicros: null,
      defaultUserCapMicros: null,
      anonymousUserCapMicros: null,
      sessionCapMicros: null,
      userCaps: new Map(),
      onUnavailable: "deny",
      loopCallsPerMinuteMax: 60,
    },
  });
});

test("a name leads to one agent, however it is written; another organization may use it too", async () => {
  const name = `Agent ${made}`.toUpperCase();
  expect((await getAgent(admin(), { agent: name })).id).toBe(agent.id);
  await expect(createAgent(admin(), { name })).rejects.toMatchObject({ code: "conflict" });
  await expect(createAgent(own.stranger(), { name })).resolves.toMatchObject({ name });
  const other = await createAgent(admin(), { name: `Other ${made}` });
  await expect(updateAgent(admin(), { agent: other.id, name })).rejects.toMatchObject({
    code: "conflict",
    errors: [{ path: "name" }],
  });
  await expect(updateAgent(admin(), { agent: agent.id, name })).resolves.toMatchObject({ name });
  await expect(createAgent(admin(), { name: foreign.id })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "name", code: "looks_like_id" }],
  });
});

test("two that are made at once under one name are one", async () => {
  const results = await Promise.allSettled(
    [1, 2, 3].map(() => createAgent(admin(), { name: `Race ${made}` })),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test.each([
  ["get", (id: string) => getAgent(own.stranger(), { agent: id })],
  ["update", (id: string) => updateAgent(own.stranger(), { agent: id, name: "Mine" })],
  ["delete", (id: string) => deleteAgent(own.stranger(), { agent: id })],
  ["pause", (id: string) => pauseAgent(own.stranger(), { agent: id })],
  ["servers", (id: string) => listAgentServers(own.stranger(), { agent: id })],
])("a stranger's agent does not exist: %s", async (_verb, call) => {
  await expect(call(agent.id)).rejects.toMatchObject({ code: "not_found" });
  expect(await getAgent(admin(), { agent: agent.id })).toEqual(agent);
});

test("a pause reaches the data plane with its reason, is in the audit log, and keeps since when it holds", async () => {
  const paused = await pauseAgent(admin(), { agent: agent.id, note: "Spends too much" });
  const pause = { reason: "by_hand", at: "2026-03-10T12:00:00.000Z", note: "Spends too much" };
  expect(paused).toMatchObject({ status: "paused", pause });
  expect(await entryOf(agent.id)).toMatchObject({ isPaused: true, pauseReason: "by_hand" });
  expect(await own.lastAudit(agent.id)).toMatchObject({
    action: "agent.pause",
    before: { pause: null },
    after: { pause: { reason: "by_hand", note: "Spends too much" } },
  });
  clock.advance(60_000);
  const again = await pauseAgent(admin(), { agent: agent.id, note: null });
  expect(again.pause).toEqual({ ...pause, note: null });
  expect(await resumeAgent(admin(), { agent: agent.id })).toMatchObject({ status: "active", pause: null });
  expect(await entryOf(agent.id)).toMatchObject({ isPaused: false, pauseReason: null });
});

test("servers are attached once, detached once, and gone with the server", async () => {
  const server = await own.server(admin());
  const other = await own.server(admin());
  const attached = await attachAgentServer(admin(), { agent: agent.id, server: server.slug });
  expect(attached).toMatchObject({
    serverId: server.id,
    gateway: null,
    url: `http://127.0.0.1:3000/mcp/${server.slug}`,
  });
  expect(await attachAgentServer(admin(), { agent: agent.name, server: server.id })).toEqual(attached);
  await attachAgentServer(admin(), { agent: agent.id, server: other.id });
  expect((await entryOf(agent.id))?.serverIds).toEqual(new Set([server.id, other.id]));
  expect((await getAgent(admin(), { agent: agent.id })).serverCount).toBe(2);
  await detachAgentServer(admin(), { agent: agent.id, server: server.id });
  await expect(detachAgentServer(admin(), { agent: agent.id, server: server.id })).rejects.toMatchObject({
    code: "conflict",
  });
  await deleteServer(admin(), { server: other.id });
  expect(await listAgentServers(admin(), { agent: agent.id })).toEqual([]);
  expect((await getAgent(admin(), { agent: agent.id })).serverCount).toBe(0);
  expect((await entryOf(agent.id))?.serverIds).toEqual(new Set());
});

test("a stranger's server cannot be attached", async () => {
  const theirs = await own.server(own.stranger());
  await expect(attachAgentServer(admin(), { agent: agent.id, server: theirs.id })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("an agent has at most so many servers", async () => {
  const server = await own.server(admin());
  await own.store.database.sql`
    insert into servers (organization_id, id, slug, name, kind)
    select ${own.tenants.acme.id}, ${`many-${made}-`} || n, ${`many-${made}-`} || n, 'Many', 'connected'
    from generate_series(1, ${limits.agents.serversPerAgentMax}) n`;
  await own.store.database.sql`
    insert into agent_servers (organization_id, agent_id, server_id)
    select organization_id, ${agent.id}, id from servers where id like ${`many-${made}-%`}`;
  await expect(attachAgentServer(admin(), { agent: agent.id, server: server.id })).rejects.toMatchObject({
    code: "limit_reached",
  });
  const [attached] = await own.store.database.db
    .select()
    .from(agentServers)
    .where(and(eq(agentServers.agentId, agent.id), eq(agentServers.serverId, server.id)));
  expect(attached).toBeUndefined();
});

test("deleting takes keys, servers and grants along, leaves the history, and frees the name", async () => {
  const gateway = await createGateway(admin(), {
    name: `Gateway ${made}`,
    access: ["key"],
    grantEveryone: false,
  });
  const subject = { kind: "agent" as const, agentId: agent.id };
  await createGrant(admin(), { gateway: gateway.id, subject });
  await attachAgentServer(admin(), { agent: agent.id, server: (await own.server(admin())).id });
  await deleteAgent(admin(), { agent: agent.id });
  expect(await entryOf(agent.id)).toBeUndefined();
  expect(await listGrants(admin(), { gateway: gateway.id })).toEqual([]);
  await expect(getAgent(admin(), { agent: agent.id })).rejects.toMatchObject({ code: "not_found" });
  await expect(createGrant(admin(), { gateway: gateway.id, subject })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "subject.agentId" }],
  });
  const [row] = await own.store.database.db.select().from(agents).where(eq(agents.id, agent.id));
  expect(row?.deletedAt).not.toBeNull();
  await expect(createAgent(admin(), { name: agent.name })).resolves.toMatchObject({ name: agent.name });
});

test("a grant names an agent of its own organization by name, and reaches the data plane", async () => {
  const gateway = await createGateway(admin(), {
    name: `Gateway ${made}`,
    access: ["key"],
    grantEveryone: false,
  });
  const grant = await createGrant(admin(), {
    gateway: gateway.id,
    subject: { kind: "agent", agentId: agent.id },
    tools: ["get_*"],
  });
  expect(grant).toMatchObject({ subjectLabel: agent.name, subject: { kind: "agent", agentId: agent.id } });
  await expect(
    createGrant(admin(), { gateway: gateway.id, subject: { kind: "agent", agentId: foreign.id } }),
  ).rejects.toMatchObject({ code: "invalid_input", errors: [{ path: "subject.agentId" }] });
});

test("the list shows the last day, the month and the cap of one's own agents only", async () => {
  const { db } = own.store.database;
  const organizationId = own.tenants.acme.id;
  await db.update(agents).set({ monthlyCapMicros: 9007199254740993n }).where(eq(agents.id, agent.id));
  const spend = { organizationId, scopeKind: "agent", agentId: agent.id, scopeId: agent.id };
  await db.insert(budgetSpend).values([
    { ...spend, period: "2026-03", spentMicros: 9007199254740992n, updatedAt: new Date() },
    { ...spend, period: "2026-02", spentMicros: 7n, updatedAt: new Date() },
  ]);
  const call = {
    organizationId,
    serverId: "srv_1",
    tool: "echo",
    agentId: agent.id,
    client: "",
    source: "agent",
    region: "test",
    durationBucket: 1,
    requestBytes: 1,
    responseBytes: 1,
    durationMsSum: 1,
    durationMsMax: 1,
    requestBytesMax: 1,
    responseBytesMax: 1,
  };
  const hour = (text: string) => new Date(text);
  await db.insert(usageRollup).values([
    { ...call, hour: hour("2026-03-10T11:00:00Z"), outcome: "ok", calls: 5 },
    { ...call, hour: hour("2026-03-10T10:00:00Z"), outcome: "tool_error", calls: 2 },
    { ...call, hour: hour("2026-03-08T10:00:00Z"), outcome: "ok", calls: 100 },
  ]);
  const listed = await listAgents(own.as("viewer"), {});
  expect(listed.find(({ id }) => id === agent.id)).toMatchObject({
    calls24h: 7,
    errors24h: 2,
    spentMicros: "9007199254740992",
    capMicros: "9007199254740993",
    lastCallAt: null,
  });
  expect(listed.map(({ id }) => id)).not.toContain(foreign.id);
});

test("every change waits until the data plane has it", async () => {
  const before = own.runtime.refreshes;
  await pauseAgent(admin(), { agent: agent.id });
  await resumeAgent(admin(), { agent: agent.id });
  await attachAgentServer(admin(), { agent: agent.id, server: (await own.server(admin())).id });
  expect(own.runtime.refreshes).toBeGreaterThanOrEqual(before + 3);
});
