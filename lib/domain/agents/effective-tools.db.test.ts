import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import type { Agent, Server } from "#lib/contract/index.ts";
import { type GatewayFixture, gatewayFixture } from "#lib/testing/gateway-fixture.ts";
import { attachServer, createGateway, createGrant } from "../gateways/index.ts";
import { attachAgentServer, createAgent, effectiveTools, pauseAgent } from "./index.ts";

let own: GatewayFixture;
let agent: Agent;
let made = 0;
beforeAll(async () => {
  own = await gatewayFixture();
});
afterAll(() => own.store.close());
beforeEach(async () => {
  made += 1;
  agent = await createAgent(admin(), { name: `Agent ${made}` });
});

const admin = () => own.as("admin");
async function server(tools?: readonly string[], { isActive = true } = {}): Promise<Server> {
  const created = await own.server(admin(), tools);
  if (isActive)
    await own.store.database.db.update(servers).set({ status: "active" }).where(eq(servers.id, created.id));
  return created;
}
const attached = async (...given: Parameters<typeof server>): Promise<Server> => {
  const created = await server(...given);
  await attachAgentServer(admin(), { agent: agent.id, server: created.id });
  return created;
};
const reasons = async (serverId: string) =>
  (await effectiveTools(own.as("viewer"), { agent: agent.id }))
    .filter((row) => row.serverId === serverId)
    .map(({ tool, reason, isAllowed }) => [tool, reason, isAllowed]);

test("each tool says why it works or is missing", async () => {
  const direct = await attached(["get_order", "refund"]);
  expect(await reasons(direct.id)).toEqual([
    ["get_order", "allowed", true],
    ["refund", "allowed", true],
  ]);
  const gateway = await createGateway(admin(), {
    name: `Gateway ${made}`,
    access: ["key"],
    grantEveryone: false,
  });
  await attachServer(admin(), { server: direct.id, gatewayId: gateway.id });
  const grant = await createGrant(admin(), {
    gateway: gateway.id,
    subject: { kind: "agent", agentId: agent.id },
    tools: ["get_*"],
  });
  const rows = (await effectiveTools(admin(), { agent: agent.id })).filter(
    ({ serverId }) => serverId === direct.id,
  );
  expect(rows).toMatchObject([
    { tool: "get_order", reason: "allowed", grantId: grant.id },
    { tool: "refund", reason: "grant_missing", grantId: null },
  ]);
  expect(rows[1]?.explanation).toContain(`Gateway ${made}`);
  await pauseAgent(admin(), { agent: agent.id });
  expect(await reasons(direct.id)).toEqual([
    ["get_order", "agent_paused", false],
    ["refund", "agent_paused", false],
  ]);
});

test("of servers that are not attached, not active, unknown or closed the reason is said", async () => {
  const other = await server(["a", "b"]);
  expect(await reasons(other.id)).toEqual([[null, "not_attached", false]]);
  const unknown = await attached();
  expect(await reasons(unknown.id)).toEqual([[null, "tools_unknown", false]]);
  const draft = await attached(["a"], { isActive: false });
  expect(await reasons(draft.id)).toEqual([["a", "server_inactive", false]]);
  const closed = await attached(["a"]);
  await own.store.database.db.update(servers).set({ directAccess: "off" }).where(eq(servers.id, closed.id));
  expect(await reasons(closed.id)).toEqual([["a", "access_off", false]]);
  const behind = await attached(["a"]);
  const gateway = await createGateway(admin(), { name: `Gateway ${made}`, access: ["public"] });
  await attachServer(admin(), { server: behind.id, gatewayId: gateway.id });
  expect(await reasons(behind.id)).toEqual([["a", "access_off", false]]);
});

test("a server that knows it has no tools has none to show, and a stranger's servers do not show", async () => {
  const empty = await attached([]);
  expect(await reasons(empty.id)).toEqual([]);
  const theirs = await own.server(own.stranger(), ["a"]);
  expect(await reasons(theirs.id)).toEqual([]);
  await expect(effectiveTools(own.stranger(), { agent: agent.id })).rejects.toMatchObject({
    code: "not_found",
  });
});
