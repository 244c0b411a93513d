import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  INTERNAL_SECRET,
  rawRequest,
  type ScriptedUpstream,
  serverEntry,
  startLegacySession,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";
import { sessionHashOf } from "./exchange.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let otherNode: TestGateway;

beforeEach(async () => {
  upstream = await startScriptedUpstream();
  const options = {
    runtimes: { tool: upstream.url, neighbour: upstream.url },
    entries: [serverEntry("remote", { kind: "connected", upstreamUrl: upstream.url, version: null })],
  };
  gateway = await startTestGateway(options);
  otherNode = await startTestGateway({ ...options, node: "another-node" });
});
afterEach(async () => {
  await Promise.all([gateway.close(), otherNode.close()]);
  await upstream.close();
});

/** Calls a tool in a session; answers what came back and which session the upstream saw. */
async function callIn(url: string, session: string, headers: Record<string, string> = {}) {
  const pending = rawRequest(url, { body: toolCall(1), headers: { "mcp-session-id": session, ...headers } });
  const { req, res } = await upstream.next();
  res.writeHead(200, { "content-type": "application/json", "mcp-session-id": "theirs" });
  res.end(JSON.stringify(toolResult(1)));
  return { answer: await pending, upstreamSession: req.headers["mcp-session-id"] ?? null };
}

/** Calls a tool in a session that is refused; the upstream answers nothing, so what reaches it is never answered. */
const refusedIn = (url: string, session: string) =>
  rawRequest(url, { body: toolCall(1), headers: { "mcp-session-id": session } });

describe("a session", () => {
  it("is the server's own above the gateway and sealed below it, and names its client on every message", async () => {
    const session = await startLegacySession(gateway.mcp("tool"), upstream, "theirs");
    expect(session).not.toContain("theirs");
    const { answer, upstreamSession } = await callIn(gateway.mcp("tool"), session);
    expect(upstreamSession).toBe("theirs");
    expect(answer.headers["mcp-session-id"]).toBe(session);
    const fact = await gateway.fact((item) => item.tool === "echo");
    expect(fact).toMatchObject({
      clientName: "session tester",
      clientVersion: "1.2.3",
      sessionHash: sessionHashOf(session),
    });
    const begin = await gateway.fact((item) => item.method === "initialize");
    expect(begin.sessionHash).toBe(fact.sessionHash);
    expect(JSON.stringify(gateway.facts)).not.toContain(session);
    expect(JSON.stringify(gateway.facts)).not.toContain("theirs");
  });

  it("of somebody else gives 404, so that its client starts a new one", async () => {
    const internal = { "x-mcpstack-internal": INTERNAL_SECRET, "x-mcpstack-source": "dashboard" };
    const session = await startLegacySession(gateway.mcp("tool"), upstream, "theirs", internal);
    expect((await refusedIn(gateway.mcp("tool"), session)).status).toBe(404);
    const fact = await gateway.fact((item) => item.httpStatus === 404);
    expect(fact.decision?.reason).toBe("session_of_other_principal");
    expect((await callIn(gateway.mcp("tool"), session, internal)).answer.status).toBe(200);
  });

  it("that the gateway did not give, or gave for another server, never reaches a server", async () => {
    const session = await startLegacySession(gateway.mcp("neighbour"), upstream, "theirs");
    for (const wrong of ["theirs", session, "x".repeat(10_000)]) {
      const answer = await refusedIn(gateway.mcp("tool"), wrong);
      expect(answer.status).toBe(404);
      expect(answer.text).toContain("initialize");
    }
    expect((await gateway.fact((item) => item.httpStatus === 404)).decision?.reason).toBe("session_unknown");
  });

  it("of a hosted server lives on its node; one of a connected server is served by all", async () => {
    const hosted = await startLegacySession(gateway.mcp("tool"), upstream, "theirs");
    expect((await refusedIn(otherNode.mcp("tool"), hosted)).status).toBe(404);
    const connected = await startLegacySession(gateway.mcp("remote"), upstream, "theirs");
    const { answer, upstreamSession } = await callIn(otherNode.mcp("remote"), connected);
    expect(answer.status).toBe(200);
    expect(upstreamSession).toBe("theirs");
  });

  it.each<Record<string, string>>([{}, { "mcp-session-id": "" }])(
    "that is missing is the server's to judge: %j",
    async (headers) => {
      const pending = rawRequest(gateway.mcp("tool"), { headers, body: toolCall(1) });
      const { req, res } = await upstream.next();
      expect(req.headers["mcp-session-id"]).toBeUndefined();
      res.writeHead(400, { "content-type": "application/json" }).end('{"jsonrpc":"2.0","id":null}');
      expect((await pending).status).toBe(400);
    },
  );

  it("whose id a server made unusable becomes an error instead of a session", async () => {
    const pending = rawRequest(gateway.mcp("tool"), {
      body: { jsonrpc: "2.0", id: 1, method: "initialize", params: {} },
    });
    const { res } = await upstream.next();
    res.writeHead(200, { "content-type": "application/json", "mcp-session-id": "x".repeat(5_000) });
    res.end(JSON.stringify(toolResult(1)));
    const answer = await pending;
    expect(answer.text).toContain("session id that cannot be used");
    expect(answer.headers["mcp-session-id"]).toBeUndefined();
  });
});
