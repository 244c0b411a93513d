import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AgentEntry } from "#lib/data-plane/directory/index.ts";
import {
  type AnsweringUpstream,
  agentEntry,
  gatewayEntry,
  grantEntry,
  type JsonRpcError,
  openRequest,
  rawRequest,
  responseOf,
  type ScriptedUpstream,
  serverEntry,
  startAnsweringUpstream,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  testKey,
  toolCall,
} from "#lib/testing/mcp/index.ts";

const key = testKey("robot", { agentId: "agt_a" });
const embedded = testKey("widget", { agentId: "agt_a", use: "embed" });
const oldKey = testKey("old", { agentId: "agt_a", revokedAtMs: 1 });
const foreign = testKey("foreign", { agentId: "agt_other", organizationId: "org_other" });

let upstream: AnsweringUpstream;
let slow: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  [upstream, slow] = await Promise.all([
    startAnsweringUpstream(["read_order", "write_order"]),
    startScriptedUpstream(),
  ]);
});
afterEach(async () => {
  upstream.seen.length = 0;
  await gateway.close();
});
afterAll(async () => {
  await Promise.all([upstream.close(), slow.close()]);
});

interface Setup {
  agent?: AgentEntry;
  access?: ("public" | "key")[];
  tools?: string[];
  directAccess?: "public" | "key" | "off";
}

/** `orders` and `slow` behind a gateway, `plain` without one. */
async function start({
  agent = agentEntry("agt_a", ["srv_orders", "srv_plain", "srv_slow"]),
  access = ["key"],
  tools = ["*"],
  directAccess = "public",
}: Setup = {}): Promise<void> {
  gateway = await startTestGateway({
    runtimes: { orders: upstream.url, slow: slow.url },
    entries: [
      serverEntry("plain", {
        kind: "connected",
        version: null,
        upstreamUrl: upstream.url,
        directAccess,
      }),
    ],
    attached: {
      orders: { id: "gw_a", publicId: "public-orders" },
      slow: { id: "gw_a", publicId: "public-slow" },
    },
    gateways: [
      gatewayEntry("gw_a", {
        access,
        grants: [grantEntry("grt_agent", { subject: { kind: "agent", agentId: "agt_a" }, tools })],
      }),
    ],
    agents: [agent],
    keys: [key, embedded, oldKey, foreign],
  });
}

const send = (url: string, body: object, secret: string | null = key.secret, headers = {}) =>
  rawRequest(url, {
    headers: { ...(secret === null ? {} : { authorization: `Bearer ${secret}` }), ...headers },
    body,
  });
const lastFact = () => gateway.fact(() => gateway.facts.length > 0);

describe("an agent", () => {
  it("opens the gateway of an attached server with its own key, as far as grants allow", async () => {
    await start({ tools: ["read_*"] });
    const url = gateway.through("public-orders");
    expect((await send(url, toolCall(1, "read_order"))).text).toContain('"result"');
    expect((await send(url, toolCall(2, "write_order"))).json<JsonRpcError>().error.code).toBe(-32011);
    expect(
      gateway.facts.map(({ outcome, source, agentId, decision }) => [
        outcome,
        source,
        agentId,
        decision?.principal,
        decision?.grantId,
      ]),
    ).toEqual([
      ["ok", "agent", "agt_a", "agent:agt_a", "grt_agent"],
      ["grant_denied", "agent", "agt_a", "agent:agt_a", null],
    ]);
  });

  it.each(["public", "key"] as const)(
    "opens the direct URL of a server without a gateway: %s",
    async (directAccess) => {
      await start({ directAccess });
      expect((await send(gateway.mcp("plain"), toolCall(1, "read_order"))).text).toContain('"result"');
      expect(await lastFact()).toMatchObject({
        source: "agent",
        agentId: "agt_a",
        decision: { reason: "allowed", principal: "agent:agt_a" },
      });
    },
  );

  it("is not let in where direct access is off, nor where the gateway takes no keys", async () => {
    await start({ directAccess: "off", access: ["public"] });
    expect((await send(gateway.mcp("plain"), toolCall(1, "read_order"))).status).toBe(403);
    // A public gateway asks nobody: the grant for the agent does not help an anonymous caller.
    const answer = await send(gateway.through("public-orders"), toolCall(2, "read_order"));
    expect(answer.json<JsonRpcError>().error.code).toBe(-32011);
    expect(gateway.facts[1]).toMatchObject({
      source: "external",
      agentId: null,
      decision: { principal: "anonymous" },
    });
  });

  it("that another organization owns is nobody here", async () => {
    await start();
    expect(
      (await send(gateway.through("public-orders"), toolCall(1, "read_order"), foreign.secret)).status,
    ).toBe(401);
    expect(await lastFact()).toMatchObject({
      agentId: null,
      decision: { reason: "key_unknown", principal: null },
    });
    // A public URL is open to it as to everybody.
    expect((await send(gateway.mcp("plain"), toolCall(2, "read_order"), foreign.secret)).text).toContain(
      '"result"',
    );
    expect(gateway.facts[1]).toMatchObject({ source: "external", agentId: null });
  });

  it("with a revoked key is told so, even where anybody may call", async () => {
    await start();
    for (const url of [gateway.through("public-orders"), gateway.mcp("plain")]) {
      expect((await send(url, toolCall(1, "read_order"), oldKey.secret)).status).toBe(401);
    }
    expect(gateway.facts.map(({ decision }) => [decision?.reason, decision?.principal])).toEqual([
      ["key_revoked", "agent:agt_a"],
      ["key_revoked", "agent:agt_a"],
    ]);
  });

  it("that a server is not attached to is told what to do", async () => {
    await start({ agent: agentEntry("agt_a", ["srv_plain"]) });
    for (const method of ["tools/call", "tools/list", "initialize"]) {
      const body = method === "tools/call" ? toolCall(1) : { jsonrpc: "2.0", id: 1, method, params: {} };
      const answer = await send(gateway.through("public-orders"), body);
      expect(answer.status).toBe(200);
      expect(answer.json<JsonRpcError>().error).toMatchObject({ code: -32011, data: { code: "forbidden" } });
    }
    expect(await lastFact()).toMatchObject({
      outcome: "grant_denied",
      agentId: "agt_a",
      decision: {
        reason: "agent_not_attached",
        principal: "agent:agt_a",
        explanation: {
          expected: { attachedTo: "orders" },
          fix: expect.stringContaining("Attach the server orders"),
        },
      },
      billing: { verdict: "zero_rated:denied", charge: null },
    });
    expect(upstream.seen).toEqual([]);
  });

  it("that is paused is denied everything, with a tool result that it can read", async () => {
    await start({
      agent: agentEntry("agt_a", ["srv_orders"], { isPaused: true, pauseReason: "loop_suspected" }),
    });
    const answer = await send(gateway.through("public-orders"), toolCall("seven", "read_order"));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      id: "seven",
      result: {
        isError: true,
        content: [{ type: "text", text: expect.stringContaining("Do not try again") }],
        structuredContent: {
          code: "agent_paused",
          limitSource: "agent_paused",
          scopeId: "agt_a",
          manageUrl: "https://mcp.example.com/test/agents/agt_a/budget",
        },
      },
    });
    const listed = await send(gateway.through("public-orders"), {
      jsonrpc: "2.0",
      id: 2,
      method: "tools/list",
    });
    expect(listed.json<JsonRpcError>().error.code).toBe(-32011);
    expect(gateway.facts.map(({ outcome, decision }) => [outcome, decision?.reason])).toEqual([
      ["budget_denied", "agent_paused"],
      ["budget_denied", "agent_paused"],
    ]);
    expect(upstream.seen).toEqual([]);
  });

  it("loses its open stream when it is paused", async () => {
    await start();
    const req = openRequest(gateway.through("public-slow"), {
      method: "GET",
      headers: { authorization: `Bearer ${key.secret}`, accept: "text/event-stream" },
    });
    req.end();
    const response = responseOf(req);
    const seen = await slow.next();
    seen.res.writeHead(200, { "content-type": "text/event-stream" });
    seen.res.write(": open\n\n");
    const stream = await response;
    const ended = new Promise((resolve) => stream.once("end", resolve));
    stream.resume();
    await gateway.configure((stored) => {
      stored.agents = stored.agents.map((agent) => ({ ...agent, isPaused: true, pauseReason: "by_hand" }));
    });
    await ended;
  });
});

describe("traffic", () => {
  it("of a key for an embed is called so, and belongs to its agent", async () => {
    await start();
    await send(gateway.through("public-orders"), toolCall(1, "read_order"), embedded.secret);
    expect(await lastFact()).toMatchObject({ source: "embed", agentId: "agt_a" });
  });

  it("of an agent says whom it is for: the call's own words first, then the headers, cut and storable", async () => {
    await start();
    const url = gateway.through("public-orders");
    const headers = { "x-mcpstack-end-user": "header-user", "x-mcpstack-session": "header-session" };
    await send(url, toolCall(1, "read_order"), key.secret, headers);
    const _meta = { "mcpstack/endUser": `ada\u0000${"x".repeat(500)}`, "mcpstack/session": 7 };
    const params = { name: "read_order", arguments: {}, _meta };
    await send(url, { jsonrpc: "2.0", id: 2, method: "tools/call", params }, key.secret, headers);
    await send(url, toolCall(3, "read_order"));
    expect(
      gateway.facts.map(({ endUser, agentSession }) => [
        endUser?.slice(0, 11),
        endUser?.length,
        agentSession,
      ]),
    ).toEqual([
      ["header-user", 11, "header-session"],
      [`ada\u2400${"x".repeat(7)}`, 200, "header-session"],
      [undefined, undefined, null],
    ]);
  });

  it("of nobody in particular names no end user, whatever it claims", async () => {
    await start();
    await send(gateway.mcp("plain"), toolCall(1, "read_order"), null, { "x-mcpstack-end-user": "ada" });
    expect(await lastFact()).toMatchObject({
      source: "external",
      agentId: null,
      endUser: null,
      agentSession: null,
    });
  });
});
