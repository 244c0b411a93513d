import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPinnedConnector } from "#lib/data-plane/network/index.ts";
import { decodeId } from "#lib/kernel/ids.ts";
import {
  INTERNAL_SECRET,
  rawRequest,
  type ScriptedUpstream,
  serverEntry,
  startScriptedUpstream,
  startTestGateway,
  type TestGateway,
  toolCall,
  toolResult,
} from "#lib/testing/mcp/index.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({
    runtimes: { tool: upstream.url, off: upstream.url },
    entries: [
      serverEntry("remote", { kind: "connected", version: null, upstreamUrl: `${upstream.url}?key=1` }),
    ],
    allowedOrigins: ["https://inspector.example"],
  });
});
beforeEach(() => {
  gateway.facts.length = 0;
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** Calls through the gateway while the upstream answers with `status` and `headers`. */
async function exchange(
  slug: string,
  request: Record<string, string> = {},
  answer: { status?: number; headers?: Record<string, string | string[]>; body?: string } = {},
) {
  const pending = rawRequest(gateway.mcp(slug), { headers: request, body: toolCall(1) });
  const seen = await upstream.next();
  seen.res.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
  seen.res.end(answer.body ?? JSON.stringify(toolResult(1)));
  return { answer: await pending, up: seen.req.headers, url: seen.req.url, seen };
}

describe("headers on the way up", () => {
  it("never carry the caller's credentials, nor what a caller claims about itself [log.tenant-attribution]", async () => {
    const { up } = await exchange("tool", {
      authorization: "Bearer secret",
      cookie: "session=1",
      "proxy-authorization": "Basic x",
      "x-request-id": "mine",
      "x-tenant-slug": "other",
      "x-tenant-id": "other",
      "x-mcpstack-source": "smoke",
      "x-mcpstack-internal": "guess",
      "x-forwarded-for": "6.6.6.6",
      forwarded: "for=6.6.6.6",
      "x-real-ip": "6.6.6.6",
      "accept-encoding": "gzip",
      te: "trailers",
    });
    for (const name of [
      "authorization",
      "cookie",
      "proxy-authorization",
      "x-tenant-id",
      "x-mcpstack-source",
      "x-mcpstack-internal",
      "x-forwarded-for",
      "forwarded",
      "x-real-ip",
      "te",
    ]) {
      expect(up[name], name).toBeUndefined();
    }
    expect(up["x-tenant-slug"]).toBe("tool");
    expect(up["x-request-id"]).toMatch(/^req_/);
    expect(up["accept-encoding"]).toBe("identity");
    expect(up.host).toBe(new URL(upstream.url).host);
  });

  it("keep what belongs to MCP and to the caller's own tool", async () => {
    const own = {
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2025-06-18",
      "last-event-id": "7",
      "mcp-param-region": "eu",
      "user-agent": "tester/1",
      "x-custom": "1",
    };
    const { up } = await exchange("tool", own);
    expect(up).toMatchObject(own);
  });

  it.each(["application/json; charset=utf-8", 'Application/JSON; charset = "UTF8"; x=y'])(
    "say what the body is in our words, so that no server reads another text than was allowed: %s",
    async (type) => {
      const { up } = await exchange("tool", { "content-type": type });
      expect(up["content-type"]).toBe("application/json");
    },
  );

  it("drop what a connection header names", async () => {
    const { up } = await exchange("tool", { connection: "close, x-secret-hop", "x-secret-hop": "1" });
    expect(up["x-secret-hop"]).toBeUndefined();
  });

  it("carry the caller's trace, or a new one that is also recorded", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const honoured = await exchange("tool", { traceparent, tracestate: "v=1" });
    expect(honoured.up).toMatchObject({ traceparent, tracestate: "v=1" });
    expect((await gateway.fact(() => true)).traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    gateway.facts.length = 0;
    const made = await exchange("tool", {
      traceparent: "00-00000000000000000000000000000000-0-zz",
      tracestate: "v=1",
    });
    const fact = await gateway.fact(() => true);
    expect(made.up.traceparent).toBe(`00-${fact.traceId}-${fact.traceId?.slice(16)}-00`);
    expect(made.up.tracestate).toBeUndefined();
  });

  it("tell a server that is not ours neither slug nor query of the caller", async () => {
    const pending = rawRequest(`${gateway.mcp("remote")}?admin=1`, { body: toolCall(1) });
    const seen = await upstream.next();
    expect(seen.req.headers["x-tenant-slug"]).toBeUndefined();
    expect(seen.req.url).toBe("/mcp?key=1");
    seen.res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(toolResult(1)));
    await pending;
  });
});

describe("headers on the way down", () => {
  it("never carry what would act on our own origin", async () => {
    const { answer } = await exchange(
      "tool",
      {},
      {
        headers: {
          "set-cookie": ["a=1", "b=2"],
          "www-authenticate": 'Bearer resource_metadata="https://evil.example"',
          "access-control-allow-origin": "*",
          "strict-transport-security": "max-age=1",
          "clear-site-data": '"*"',
          "service-worker-allowed": "/",
          "x-request-id": "theirs",
          "x-tool-version": "7",
        },
      },
    );
    for (const name of [
      "set-cookie",
      "www-authenticate",
      "access-control-allow-origin",
      "strict-transport-security",
      "clear-site-data",
      "service-worker-allowed",
    ]) {
      expect(answer.headers[name], name).toBeUndefined();
    }
    expect(decodeId("req", String(answer.headers["x-request-id"]))).not.toBeNull();
    expect(answer.headers).toMatchObject({ "x-tool-version": "7" });
    expect(answer.headers["content-security-policy"]).toContain("sandbox");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  it.each(["text/html", "application/javascript", "image/svg+xml"])(
    "%s arrives as plain text",
    async (type) => {
      const { answer } = await exchange(
        "tool",
        {},
        { headers: { "content-type": type }, body: "<script>1</script>" },
      );
      expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    },
  );
});

describe("answers that must not reach a client", () => {
  it.each([
    [401, {}],
    [401, { "www-authenticate": "Bearer" }],
    [403, { "www-authenticate": 'Bearer error="insufficient_scope"' }],
    [407, {}],
  ] as const)("a login demand with %i becomes an error of ours", async (status, headers) => {
    const { answer } = await exchange("remote", {}, { status, headers: { ...headers } });
    expect(answer.status).toBe(200);
    expect(answer.headers["www-authenticate"]).toBeUndefined();
    expect(answer.json().error.message).toMatch(/wants credentials/);
    expect(await gateway.fact(() => true)).toMatchObject({ outcome: "upstream_error", httpStatus: 200 });
  });

  it("a redirect is not followed and not passed on", async () => {
    const { answer } = await exchange(
      "remote",
      {},
      { status: 307, headers: { location: "http://169.254.169.254/" } },
    );
    expect(answer.headers.location).toBeUndefined();
    expect(answer.json().error.message).toMatch(/redirect/);
  });

  it("a failure page becomes JSON-RPC, a JSON failure passes as it is", async () => {
    const page = await exchange(
      "tool",
      {},
      { status: 500, headers: { "content-type": "text/html" }, body: "<h1>oops" },
    );
    expect(page.answer.json().error.message).toMatch(/HTTP 500.*req_/);
    gateway.facts.length = 0;
    const body = '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal"}}';
    const json = await exchange("tool", {}, { status: 500, body });
    expect(json.answer).toMatchObject({ status: 500, text: body });
    expect(await gateway.fact(() => true)).toMatchObject({ outcome: "protocol_error", rpcErrorCode: -32603 });
  });

  it("an unreachable upstream is explained", async () => {
    const gone = await startScriptedUpstream();
    await gone.close();
    const own = await startTestGateway({
      entries: [serverEntry("gone", { kind: "connected", version: null, upstreamUrl: gone.url })],
    });
    const answer = await rawRequest(own.mcp("gone"), { body: toolCall(1) });
    expect(answer.json().error.message).toMatch(/refused the connection/);
    expect((await own.fact(() => true)).outcome).toBe("upstream_error");
    await own.close();
  });

  it.each([
    "http://127.0.0.1:1/mcp",
    "http://169.254.169.254/mcp",
    "http://[::1]:1/mcp",
    "http://localhost:1/mcp",
  ])("an upstream at %s is never connected to", async (upstreamUrl) => {
    const own = await startTestGateway({
      entries: [serverEntry("inside", { kind: "connected", version: null, upstreamUrl })],
      connect: createPinnedConnector({}),
    });
    const answer = await rawRequest(own.mcp("inside"), { body: toolCall(1) });
    expect(answer.json().error.message).toMatch(/may not be reached/);
    expect((await own.fact(() => true)).outcome).toBe("upstream_error");
    await own.close();
  });
});

describe("web pages", () => {
  const preflight = (origin: string) =>
    rawRequest(gateway.mcp("tool"), {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type, mcp-param-region, bad name!",
      },
    });

  it.each([
    "https://mcp.example.com",
    "https://inspector.example",
    "http://localhost:6274",
    "http://127.0.0.1:80",
  ])("%s may call, and read what it needs", async (origin) => {
    const allowed = await preflight(origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers["access-control-allow-origin"]).toBe(origin);
    expect(allowed.headers["access-control-allow-headers"]).toContain("mcp-param-region");
    expect(allowed.headers["access-control-allow-headers"]).not.toContain("bad name");
    const { answer, up } = await exchange("tool", { origin });
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect(answer.headers["access-control-expose-headers"]).toContain("mcp-session-id");
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(up.origin).toBeUndefined();
  });

  it.each([
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example:80",
  ])("%s may not", async (origin) => {
    for (const answer of [
      await preflight(origin),
      await rawRequest(gateway.mcp("tool"), { headers: { origin }, body: toolCall(1) }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect((await gateway.fact(() => true)).outcome).toBe("auth_denied");
  });
});

describe("the source of traffic", () => {
  it.each([
    [{ "x-mcpstack-source": "smoke", "x-mcpstack-internal": INTERNAL_SECRET }, "smoke"],
    [{ "x-mcpstack-source": "dashboard", "x-mcpstack-internal": INTERNAL_SECRET }, "dashboard"],
    [{ "x-mcpstack-source": "agent", "x-mcpstack-internal": INTERNAL_SECRET }, "external"],
    [{ "x-mcpstack-source": "smoke", "x-mcpstack-internal": "wrong" }, "external"],
    [{ "x-mcpstack-source": "smoke" }, "external"],
    [{}, "external"],
  ])("%j is recorded as %s", async (headers, source) => {
    await exchange("tool", headers as Record<string, string>);
    expect((await gateway.fact(() => true)).source).toBe(source);
  });
});
