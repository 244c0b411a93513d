import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { decodeId } from "#lib/kernel/ids.ts";
import {
  type AnsweringUpstream,
  agentEntry,
  gatewayEntry,
  grantEntry,
  INTERNAL_SECRET,
  rawRequest,
  type StoredConfiguration,
  serverEntry,
  startAnsweringUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
} from "#lib/testing/mcp/index.ts";

let upstream: AnsweringUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startAnsweringUpstream(["get_order", "refund"]);
  gateway = await startTestGateway({ runtimes: { orders: upstream.url } });
});
afterAll(() => Promise.all([gateway.close(), upstream.close()]));

/** An agent that may call everything but `refund`, through a gateway that takes keys. */
const configure = (change: (stored: StoredConfiguration) => void = () => undefined) =>
  gateway.configure((stored) => {
    stored.servers = [serverEntry("orders", { gateway: { id: "gw_a", publicId: "public-orders" } })];
    const subject = { kind: "agent" as const, agentId: "agt_bot" };
    stored.gateways = [
      gatewayEntry("gw_a", {
        access: ["key"],
        grants: [grantEntry("grt_bot", { subject, tools: ["get_*"] })],
      }),
    ];
    stored.agents = [agentEntry("agt_bot", ["srv_orders"])];
    change(stored);
  });
beforeEach(() => configure());

const OUR_OWN = { "x-mcpstack-internal": INTERNAL_SECRET, "x-mcpstack-source": "smoke" };
let calls = 0;
async function call(tool: string, headers: Record<string, string>, url = gateway.through("public-orders")) {
  const answer = await rawRequest(url, { headers, body: toolCall(++calls, tool) });
  const requestId = decodeId("req", String(answer.headers["x-request-id"]));
  const fact = await gateway.fact((one) => one.requestId === requestId);
  return { outcome: fact.outcome, reason: fact.decision?.reason, source: fact.source, agentId: fact.agentId };
}
const asBot = { ...OUR_OWN, "x-mcpstack-as-agent": "agt_bot" };

test("a check that calls as an agent gets what the agent gets, and stays a check in the log", async () => {
  expect(await call("get_order", asBot)).toEqual({
    outcome: "ok",
    reason: "allowed",
    source: "smoke",
    agentId: "agt_bot",
  });
  expect(await call("refund", asBot)).toMatchObject({
    outcome: "grant_denied",
    reason: "grant_missing_for_tool",
    source: "smoke",
  });
  expect(await call("refund", OUR_OWN)).toMatchObject({ outcome: "ok", agentId: null });
});

test.each<[string, (stored: StoredConfiguration) => void, string]>([
  ["is not attached", ({ agents }) => agents.splice(0, 1, agentEntry("agt_bot", [])), "agent_not_attached"],
  [
    "is paused",
    ({ agents }) =>
      agents.splice(0, 1, agentEntry("agt_bot", ["srv_orders"], { isPaused: true, pauseReason: "by_hand" })),
    "agent_paused",
  ],
  ["is gone", ({ agents }) => agents.splice(0, 1), "agent_not_attached"],
  [
    "meets a door without keys",
    ({ gateways }) => gateways.splice(0, 1, gatewayEntry("gw_a", { access: ["public"] })),
    "access_method_off",
  ],
  [
    "meets a server that is not active",
    (stored) => {
      stored.servers = stored.servers.map((server) => ({ ...server, status: "inactive" as const }));
    },
    "server_inactive",
  ],
])("an agent that %s is denied in a check too", async (_name, change, reason) => {
  await configure(change);
  expect((await call("get_order", asBot)).reason).toBe(reason);
});

test("behind a gateway the direct URL is closed to a check that calls as an agent, as it is to the agent", async () => {
  expect((await call("get_order", asBot, gateway.mcp("orders"))).reason).toBe("direct_access_off");
});

test("nobody else can say that they are an agent", async () => {
  const claims = { ...asBot, "x-mcpstack-internal": "guess" };
  expect(await call("get_order", claims)).toMatchObject({ reason: "credentials_missing", agentId: null });
});
