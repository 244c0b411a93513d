import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GatewayEntry } from "#lib/data-plane/directory/index.ts";
import { fakeClock } from "#lib/testing/fake-clock.ts";
import {
  type AnsweringUpstream,
  gatewayEntry,
  grantEntry,
  INTERNAL_SECRET,
  type JsonRpcError,
  openRequest,
  rawRequest,
  responseOf,
  type ScriptedUpstream,
  type StoredConfiguration,
  startAnsweringUpstream,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  testKey,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";

const clock = fakeClock();
const key = testKey("ada", { gatewayId: "gw_a" });
const otherKey = testKey("bob", { gatewayId: "gw_a" });
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

/** One gateway before a fast and a slow server. */
async function start(over: Partial<GatewayEntry>): Promise<void> {
  gateway = await startTestGateway({
    runtimes: { orders: upstream.url, slow: slow.url },
    attached: {
      orders: { id: "gw_a", publicId: "public-orders" },
      slow: { id: "gw_a", publicId: "public-slow" },
    },
    gateways: [gatewayEntry("gw_a", { access: ["key"], ...over })],
    keys: [key, otherKey],
    clock,
  });
}

const send = (body: object, { secret = key.secret, to = "public-orders", version = "" } = {}) =>
  rawRequest(gateway.through(to), {
    headers: {
      authorization: `Bearer ${secret}`,
      ...(version === "" ? {} : { "mcp-protocol-version": version }),
    },
    body,
  });
const request = (id: number, method: string) => ({ jsonrpc: "2.0", id, method, params: {} });
const forKey = (id: string) => ({ subject: { kind: "key" as const, keyId: id } });

describe("grants", () => {
  it("that a caller lacks deny everything with an answer that an agent can read [ops.gateways.grants]", async () => {
    await start({ grants: [grantEntry("g", forKey("key_bob"))] });
    for (const method of ["tools/call", "tools/list", "initialize", "ping", "prompts/list"]) {
      const answer = await send(method === "tools/call" ? toolCall(7) : request(7, method));
      expect(answer.status).toBe(200);
      const { id, error } = answer.json<JsonRpcError>();
      expect(id).toBe(7);
      expect(error).toMatchObject({ code: -32011, data: { code: "forbidden", retryable: false } });
      expect(error.message).toMatch(/may not use the server orders .* \(request req_\w+\)$/);
      expect(error.data.requestId).toBe(answer.headers["x-request-id"]);
    }
    expect(upstream.seen).toEqual([]);
    expect(gateway.facts.map(({ outcome, decision }) => [outcome, decision?.reason])).toEqual(
      Array.from({ length: 5 }, () => ["grant_denied", "grant_missing_for_server"]),
    );
    expect((await send(request(1, "ping"), { secret: otherKey.secret })).text).toContain("result");
  });

  it("that a caller lacks deny streams and notifications with a status, since nobody waits for an answer", async () => {
    await start({ grants: [] });
    const headers = { authorization: `Bearer ${key.secret}` };
    const url = gateway.through("public-orders");
    expect((await rawRequest(url, { method: "GET", headers })).status).toBe(403);
    expect((await rawRequest(url, { method: "DELETE", headers })).status).toBe(403);
    expect((await send({ jsonrpc: "2.0", method: "notifications/initialized" })).status).toBe(403);
    expect((await send({ jsonrpc: "2.0", method: "notifications/cancelled" })).status).toBe(403);
    expect(gateway.facts.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 4 }, () => "grant_denied"),
    );
  });

  it("decide by the tool that the body names, and explain which they would allow", async () => {
    await start({ grants: [grantEntry("g", { ...forKey("key_ada"), tools: ["read_*"] })] });
    expect((await send(toolCall(1, "read_order"))).json<{ result: unknown }>().result).toBeDefined();
    const denied = await send(toolCall("two", "write_order"));
    expect(denied.status).toBe(200);
    expect(denied.json()).toMatchObject({ id: "two", error: { code: -32011 } });
    const { decision } = await gateway.fact((fact) => fact.tool === "write_order");
    expect(decision).toMatchObject({
      reason: "grant_missing_for_tool",
      principal: "key:key_ada",
      grantId: null,
      explanation: {
        presented: { principal: "key:key_ada", tool: "write_order" },
        expected: { server: "orders", tools: ["read_*"] },
      },
    });
    const listed = (await send(request(3, "tools/list"))).json<{ result: { tools: { name: string }[] } }>();
    expect(listed.result.tools.map(({ name }) => name)).toEqual(["read_order"]);
    expect(upstream.seen).toEqual(["read_order", "tools/list"]);
  });

  it("deny a tool whose name is missing, empty or no text, unless they allow every tool", async () => {
    await start({ grants: [grantEntry("g", { tools: ["read_*"] })] });
    for (const params of [{}, { name: "" }, { name: 5 }, { name: ["read_order"] }, { name: null }]) {
      const answer = await send({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
      expect(answer.json()).toMatchObject({ error: { code: -32011 } });
    }
    expect(upstream.seen).toEqual([]);
  });

  it("deny a batch whole when they deny one item, and answer each request in it", async () => {
    await start({ grants: [grantEntry("g", { tools: ["read_*"] })] });
    const batch = [
      toolCall(1, "read_order"),
      { jsonrpc: "2.0", method: "notifications/initialized" },
      toolCall(2, "write_order"),
    ];
    const answer = await send(batch, { version: "2025-03-26" });
    expect(answer.status).toBe(200);
    expect(answer.json<JsonRpcError[]>().map(({ id, error }) => [id, error.code])).toEqual([
      [1, -32011],
      [2, -32011],
    ]);
    expect(upstream.seen).toEqual([]);
    expect(gateway.facts.map(({ outcome }) => outcome)).toEqual([
      "grant_denied",
      "grant_denied",
      "grant_denied",
    ]);
    const good = await send([toolCall(1, "read_order"), toolCall(2, "read_order")], {
      version: "2025-03-26",
    });
    expect(good.json<object[]>()).toHaveLength(2);
  });

  it("that change count from the next call on", async () => {
    await start({ grants: [grantEntry("g")] });
    expect((await send(toolCall(1, "read_order"))).text).toContain("result");
    await gateway.configure((stored) => {
      stored.gateways = [gatewayEntry("gw_a", { access: ["key"], grants: [] })];
    });
    expect((await send(toolCall(1, "read_order"))).text).toContain("may not use");
  });
});

describe("an open stream", () => {
  const listen = () => {
    const req = openRequest(gateway.through("public-slow"), {
      method: "GET",
      headers: { authorization: `Bearer ${key.secret}`, accept: "text/event-stream" },
    });
    req.end();
    return responseOf(req);
  };
  const CHANGES: Record<string, (stored: StoredConfiguration) => void> = {
    "its key is revoked": (stored) => {
      stored.keys = stored.keys.map(({ secret, entry }) => ({
        secret,
        entry: entry.id === "key_ada" ? { ...entry, revokedAtMs: clock.nowMs() } : entry,
      }));
    },
    "its grant goes": (stored) => {
      stored.gateways = stored.gateways.map((entry) => ({ ...entry, grants: [] }));
    },
    "the way in is closed": (stored) => {
      stored.gateways = stored.gateways.map((entry) => ({ ...entry, access: ["public"] as const }));
    },
    "its public URL changes": (stored) => {
      stored.servers = stored.servers.map((entry) => ({
        ...entry,
        gateway: { id: "gw_a", publicId: `new-${entry.slug}` },
      }));
    },
    "the server leaves the gateway": (stored) => {
      stored.servers = stored.servers.map((entry) => ({ ...entry, gateway: null }));
    },
  };

  it.each(Object.keys(CHANGES))("ends soon after %s", async (what) => {
    await start({});
    const response = listen();
    const seen = await slow.next();
    seen.res.writeHead(200, { "content-type": "text/event-stream" });
    seen.res.write(": open\n\n");
    const stream = await response;
    const ended = new Promise((resolve) => stream.once("end", resolve));
    stream.resume();
    await gateway.configure((stored) => CHANGES[what]?.(stored));
    await ended;
    await seen.closed;
    expect((await gateway.fact((fact) => fact.kind === "listen")).outcome).toBe("ok");
  });
});

describe("a request that arrives slowly", () => {
  it.each([
    ["its key is revoked", { revokedAtMs: 1 }, undefined, "no longer"],
    ["its grant shrinks", {}, [grantEntry("g", { tools: ["other"] })], "may not call the tool"],
  ])("is judged by what holds at its end: %s", async (_what, keyChange, grants, told) => {
    await start({});
    const body = JSON.stringify(toolCall(1));
    const req = openRequest(gateway.through("public-orders"), {
      headers: {
        authorization: `Bearer ${key.secret}`,
        "content-type": "application/json",
        "content-length": String(body.length),
        expect: "100-continue",
      },
    });
    const answer = responseOf(req);
    const isLetIn = new Promise((resolve) => req.once("continue", resolve));
    req.flushHeaders();
    await isLetIn;
    await gateway.configure((stored) => {
      stored.keys = stored.keys.map(({ secret, entry }) => ({ secret, entry: { ...entry, ...keyChange } }));
      stored.gateways = stored.gateways.map((entry) => ({ ...entry, grants: grants ?? entry.grants }));
    });
    clock.advance(2_000);
    req.end(body);
    let text = "";
    for await (const chunk of await answer) text += String(chunk);
    expect(text).toContain(told);
    expect(upstream.seen).toEqual([]);
  });
});

describe("limits", () => {
  it("on calls per minute end in a 429 that says when to come back", async () => {
    await start({ callsPerMinuteMax: 2 });
    for (let call = 0; call < 2; call++) expect((await send(toolCall(call))).status).toBe(200);
    const answer = await send(toolCall(9));
    expect(answer.status).toBe(429);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(answer.headers["retry-after"])).toBeLessThanOrEqual(120);
    expect(answer.json()).toMatchObject({ id: 9, error: { code: -32012, data: { retryable: true } } });
    expect(await gateway.fact((fact) => fact.outcome === "rate_limited")).toMatchObject({
      httpStatus: 429,
      decision: {
        reason: "rate_limited",
        principal: "key:key_ada",
        grantId: "grt_everyone_gw_a",
        explanation: { expected: { callsPerMinuteMax: 2 } },
      },
    });
    expect((await send(toolCall(1), { secret: otherKey.secret })).status).toBe(200);
    clock.advance(Number(answer.headers["retry-after"]) * 1000);
    expect((await send(toolCall(1))).status).toBe(200);
    expect(upstream.seen).toHaveLength(4);
  });

  it("of a grant count the tool calls that it allows, and nothing else", async () => {
    await start({ grants: [grantEntry("g", { ...forKey("key_ada"), callsPerMinuteMax: 1 })] });
    for (let ping = 0; ping < 5; ping++) expect((await send(request(ping, "ping"))).status).toBe(200);
    expect((await send(toolCall(1))).status).toBe(200);
    expect((await send(toolCall(2))).status).toBe(429);
    expect((await send(request(3, "ping"))).status).toBe(200);
  });

  it("cannot be passed by a batch or by calls that ask for no answer", async () => {
    await start({ callsPerMinuteMax: 2 });
    const batch = [toolCall(1), toolCall(2), toolCall(3)];
    expect((await send(batch, { version: "2025-03-26" })).status).toBe(429);
    expect(upstream.seen).toEqual([]);
    const silent = { jsonrpc: "2.0", method: "tools/call", params: { name: "echo" } };
    expect((await send(silent)).status).toBe(400);
    expect(upstream.seen).toEqual([]);
  });

  it("on calls at once hold a place until the answer, or until the caller is gone", async () => {
    await start({ concurrentMax: 1 });
    const first = send(toolCall(1), { to: "public-slow" });
    const seen = await slow.next();
    const refused = await send(toolCall(2), { to: "public-slow" });
    expect(refused.status).toBe(429);
    expect((await gateway.fact((fact) => fact.httpStatus === 429)).decision?.reason).toBe(
      "concurrency_limited",
    );
    // Each server has its own places.
    expect((await send(toolCall(2))).status).toBe(200);
    seen.res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(toolResult(1)));
    await first;
    await gateway.fact((fact) => fact.serverId === "srv_slow" && fact.outcome === "ok");

    const leaving = openRequest(gateway.through("public-slow"), {
      headers: { authorization: `Bearer ${key.secret}` },
    });
    leaving.on("error", () => undefined);
    leaving.end(JSON.stringify(toolCall(3)));
    const left = await slow.next();
    leaving.destroy();
    await left.closed;
    await gateway.fact((fact) => fact.outcome === "canceled");
    const next = send(toolCall(4), { to: "public-slow" });
    const served = await slow.next();
    served.res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(toolResult(4)));
    expect((await next).status).toBe(200);
  });

  it("do not hold up our own checks", async () => {
    await start({ callsPerMinuteMax: 1, grants: [] });
    for (let call = 0; call < 3; call++) {
      const answer = await rawRequest(gateway.through("public-orders"), {
        headers: { "x-mcpstack-internal": INTERNAL_SECRET, "x-mcpstack-source": "smoke" },
        body: toolCall(call),
      });
      expect(answer.text).toContain("result");
    }
  });
});
