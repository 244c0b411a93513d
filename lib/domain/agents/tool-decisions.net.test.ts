import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeId } from "#lib/kernel/ids.ts";
import {
  type AnsweringUpstream,
  agentEntry,
  gatewayEntry,
  grantEntry,
  rawRequest,
  serverEntry,
  startAnsweringUpstream,
  startTestGateway,
  type TestGateway,
  testKey,
  toolCall,
} from "#lib/testing/mcp/index.ts";
import { type DecidedServer, decideTools } from "./tool-decisions.ts";

const TOOLS = ["get_order", "get_refund", "delete_order"];
const key = testKey("bot", { agentId: "agt_bot" });
let upstream: AnsweringUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startAnsweringUpstream(TOOLS);
  gateway = await startTestGateway({
    runtimes: { orders: upstream.url },
    gateways: [gatewayEntry("gw_a")],
    agents: [agentEntry("agt_bot", [])],
    keys: [key],
  });
});
afterAll(() => Promise.all([gateway.close(), upstream.close()]));

const grant = fc.record({
  subject: fc.constantFrom(
    { kind: "everyone" as const },
    { kind: "agent" as const, agentId: "agt_bot" },
    { kind: "agent" as const, agentId: "agt_other" },
    { kind: "key" as const, keyId: key.entry.id },
  ),
  serverId: fc.constantFrom(null, "srv_orders", "srv_other"),
  tools: fc.array(fc.constantFrom("*", "get_*", "delete_order", "*_order", "nothing"), {
    minLength: 1,
    maxLength: 2,
  }),
});
const configuration = fc.record({
  isPaused: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  isAttached: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  isActive: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  directAccess: fc.constantFrom("public" as const, "key" as const, "off" as const),
  gateway: fc.option(
    fc.record({
      access: fc.constantFrom(["key" as const], ["public" as const], ["public" as const, "key" as const]),
      grants: fc.array(grant, { maxLength: 3 }),
    }),
    { freq: 4 },
  ),
});

test("what an agent is said to get is what a real gateway gives it, and the reason is the gateway's", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, async (made) => {
      const front = made.gateway
        ? gatewayEntry("gw_a", {
            access: made.gateway.access,
            grants: made.gateway.grants.map((over, index) => grantEntry(`grt_${index}`, over)),
          })
        : null;
      await gateway.configure((stored) => {
        stored.servers = [
          serverEntry("orders", {
            status: made.isActive ? "active" : "inactive",
            directAccess: made.directAccess,
            gateway: front ? { id: front.id, publicId: "public-orders" } : null,
          }),
        ];
        stored.gateways = front ? [front] : [];
        stored.agents = [
          agentEntry("agt_bot", made.isAttached ? ["srv_orders"] : [], {
            isPaused: made.isPaused,
            pauseReason: made.isPaused ? "by_hand" : null,
          }),
        ];
      });
      const server: DecidedServer = {
        id: "srv_orders",
        slug: "orders",
        isActive: made.isActive,
        isAttached: made.isAttached,
        directAccess: made.directAccess,
        gateway: front,
        tools: TOOLS,
      };
      const decided = decideTools({ id: "agt_bot", name: "Bot", isPaused: made.isPaused }, server);
      for (const tool of TOOLS) {
        const said = decided.find((row) => row.tool === tool || row.tool === null);
        const given = await call(front ? gateway.through("public-orders") : gateway.mcp("orders"), tool);
        expect([tool, given.isAgent && given.isAnswered], JSON.stringify([said, given])).toEqual([
          tool,
          said?.isAllowed,
        ]);
        // To a door that takes no keys an agent is nobody, so the gateway has no reason that is about it. Of a server that is
        // not attached people need not know what else is wrong.
        if (said && given.isAgent && (made.isAttached || made.isActive))
          expect(REASONS[given.decision ?? ""], JSON.stringify([said, given])).toBe(said.reason);
        if (said?.isAllowed) expect(given.grantId).toBe(said.grantId);
      }
    }),
    { numRuns: 120 },
  );
});

/** What the gateway calls the reasons. */
const REASONS: Readonly<Record<string, string>> = {
  allowed: "allowed",
  agent_paused: "agent_paused",
  agent_not_attached: "not_attached",
  server_inactive: "server_inactive",
  grant_missing_for_server: "grant_missing",
  grant_missing_for_tool: "grant_missing",
};

let calls = 0;
/** Calls the tool as the agent. `isAgent`: whether the gateway took it for one. */
async function call(url: string, tool: string) {
  const answer = await rawRequest(url, {
    headers: { authorization: `Bearer ${key.secret}` },
    body: toolCall(++calls, tool),
  });
  const requestId = decodeId("req", String(answer.headers["x-request-id"]));
  const fact = await gateway.fact((one) => one.requestId === requestId);
  return {
    isAgent: fact.agentId === "agt_bot",
    isAnswered: fact.outcome === "ok",
    decision: fact.decision?.reason,
    grantId: fact.decision?.grantId ?? null,
  };
}
