import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer as LegacyMcpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { smokeToolCall, smokeToolsList } from "./index.ts";

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

const target = (url: string, timeoutMs = 5_000) => ({
  serverSlug: "tickets",
  url,
  timeoutMs,
  clock: systemClock,
  ids: createIdSource(),
});

function buildModernServer(): McpServer {
  const server = new McpServer({ name: "tickets", version: "1.0.0" });
  server.registerTool(
    "echo",
    { description: "Says it again", inputSchema: z.object({ text: z.string() }) },
    async ({ text }) => ({ content: [{ type: "text", text }] }),
  );
  server.registerTool("fail", { description: "Always fails", inputSchema: z.object({}) }, async () => ({
    isError: true,
    content: [{ type: "text", text: "no" }],
  }));
  return server;
}

/** A real MCP server of both eras, through its fetch handler. */
const modernFetch = () => {
  const handler = createMcpHandler(buildModernServer);
  return (url: string | URL, init?: RequestInit) => handler.fetch(new Request(url, init));
};

test("a modern server passes, with whole tools and the era it spoke", async () => {
  const report = await smokeToolsList({ ...target("http://runtime/mcp"), fetch: modernFetch() });
  expect(report).toMatchObject({
    server: "tickets",
    transport: "streamable-http",
    status: "passed",
    toolCount: 2,
    era: "modern",
    protocolVersion: "2026-07-28",
    failure: null,
  });
  expect(Object.keys(report).slice(0, 4)).toEqual(["server", "transport", "status", "toolCount"]);
  expect(report.tools[0]?.inputSchema).toMatchObject({ type: "object", required: ["text"] });
});

test("the same server passes in the legacy era when asked to", async () => {
  const report = await smokeToolsList({
    ...target("http://runtime/mcp"),
    fetch: modernFetch(),
    era: "legacy",
  });
  expect(report).toMatchObject({ status: "passed", toolCount: 2, era: "legacy" });
});

test("a stateful server of the first SDK passes and its session is ended", async () => {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const url = await serve(async (req, res) => {
    const sessionId = req.headers["mcp-session-id"];
    const known = typeof sessionId === "string" ? transports.get(sessionId) : undefined;
    if (known) return known.handleRequest(req, res);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => `session-${transports.size}`,
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    const server = new LegacyMcpServer({ name: "old", version: "1.0.0" });
    server.registerTool("ping", { description: "Pings" }, async () => ({ content: [] }));
    await server.connect(transport);
    await transport.handleRequest(req, res);
  });
  const report = await smokeToolsList(target(url));
  expect(report).toMatchObject({ status: "passed", toolCount: 1, era: "legacy", failure: null });
  expect(transports.size).toBe(0);
});

test("headers reach the server and its request id comes back", async () => {
  const handler = modernFetch();
  const seen: (string | null)[] = [];
  const report = await smokeToolsList({
    ...target("http://runtime/mcp"),
    headers: { "x-mcpstack-source": "smoke" },
    fetch: async (url, init) => {
      seen.push(new Headers(init?.headers).get("x-mcpstack-source"));
      const response = await handler(url, init);
      const headers = new Headers(response.headers);
      headers.set("x-request-id", "req_last");
      return new Response(response.body, { status: response.status, headers });
    },
  });
  expect(report.requestId).toBe("req_last");
  expect(new Set(seen)).toEqual(new Set(["smoke"]));
});

test("a tool call returns its content; a tool error is failed but not a broken session", async () => {
  const fetch = modernFetch();
  const good = await smokeToolCall({
    ...target("http://runtime/mcp"),
    fetch,
    tool: "echo",
    arguments: { text: "hi" },
  });
  expect(good).toMatchObject({
    status: "passed",
    isError: false,
    content: [{ type: "text", text: "hi" }],
    failure: null,
  });
  const bad = await smokeToolCall({
    ...target("http://runtime/mcp"),
    fetch,
    tool: "fail",
    arguments: {},
  });
  expect(bad).toMatchObject({ status: "failed", isError: true, failure: { code: "tool_error" } });
});

test("an unknown tool is explained as the server's JSON-RPC error or tool error", async () => {
  const result = await smokeToolCall({
    ...target("http://runtime/mcp"),
    fetch: modernFetch(),
    tool: "nope",
    arguments: {},
  });
  expect(result.status).toBe("failed");
  expect(result.failure).toMatchObject({ step: "tools/call" });
});

const answer =
  (status: number, headers: Record<string, string>, body: string): RequestListener =>
  (req, res) => {
    req.resume();
    res.writeHead(status, headers).end(body);
  };
const json = { "content-type": "application/json" };
const rpcServer =
  (byMethod: (method: string, id: unknown) => string): RequestListener =>
  async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    if (req.method !== "POST") return void res.writeHead(405).end();
    const { method, id } = JSON.parse(body) as { method: string; id?: unknown };
    if (id === undefined) return void res.writeHead(202).end();
    if (method === "server/discover")
      return void res
        .writeHead(200, json)
        .end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }));
    if (method === "initialize")
      return void res.writeHead(200, json).end(
        JSON.stringify({
          jsonrpc: "2.0",
          id,
          result: {
            protocolVersion: "2025-11-25",
            capabilities: { tools: {} },
            serverInfo: { name: "x", version: "1" },
          },
        }),
      );
    res.writeHead(200, json).end(byMethod(method, id));
  };

/** How our gateway refuses. */
const refusal = (code: string) =>
  JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    error: {
      code: -32005,
      message: "It is a draft. (request req_1)",
      data: { code, requestId: "req_1", retryable: false },
    },
  });

const broken: [string, RequestListener, { step: string; code: string; message?: string }][] = [
  ["a path where nothing lives", answer(404, {}, "not here"), { step: "negotiate", code: "no_server" }],
  ["a wall", answer(401, json, "{}"), { step: "negotiate", code: "unauthenticated" }],
  ["a refusal", answer(403, json, "{}"), { step: "negotiate", code: "forbidden" }],
  ["an inactive server", answer(409, json, "{}"), { step: "negotiate", code: "server_inactive" }],
  ["too many requests", answer(429, json, "{}"), { step: "negotiate", code: "rate_limited" }],
  ["a crash", answer(500, {}, "boom"), { step: "negotiate", code: "server_error" }],
  [
    "a redirect to another host",
    answer(302, { location: "http://192.0.2.1/mcp" }, ""),
    { step: "negotiate", code: "redirect" },
  ],
  [
    "a web page",
    answer(200, { "content-type": "text/html" }, "<html>"),
    { step: "negotiate", code: "not_mcp" },
  ],
  [
    "JSON that does not parse",
    answer(200, json, '{"jsonrpc": '),
    { step: "negotiate", code: "invalid_json" },
  ],
  [
    "JSON that is not JSON-RPC",
    answer(200, json, '{"hello":"world"}'),
    { step: "negotiate", code: "invalid_result" },
  ],
  ["a closed connection", (req) => void req.socket.destroy(), { step: "connect", code: "connection_closed" }],
  ["silence", (req) => void req.resume(), { step: "connect", code: "timeout" }],
  [
    "a refusal by our own gateway",
    answer(409, json, refusal("server_inactive")),
    { step: "negotiate", code: "server_inactive", message: "It is a draft." },
  ],
  [
    "a failed upstream, told by our own gateway inside a session",
    rpcServer(() => refusal("upstream_failed")),
    { step: "tools/list", code: "upstream_failed", message: "It is a draft." },
  ],
  [
    "a failing tools/list",
    rpcServer((_, id) => JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32603, message: "db down" } })),
    { step: "tools/list", code: "protocol_error" },
  ],
  [
    "a tools/list of the wrong shape",
    rpcServer((_, id) => JSON.stringify({ jsonrpc: "2.0", id, result: { tools: [{ title: 1 }] } })),
    { step: "tools/list", code: "invalid_result" },
  ],
  [
    "a tools/list without end",
    rpcServer((_, id) =>
      JSON.stringify({ jsonrpc: "2.0", id, result: { tools: [], nextCursor: `after-${String(id)}` } }),
    ),
    { step: "tools/list", code: "endless_list" },
  ],
];

test.each(broken)("%s is explained", async (name, listener, failure) => {
  const url = await serve(listener);
  const report = await smokeToolsList(target(url, name === "silence" ? 300 : 5_000));
  expect(report.status).toBe("failed");
  expect(report.toolCount).toBe(0);
  expect(report.failure).toMatchObject(failure);
  expect(report.failure?.fix).not.toBe("");
});

test("a port where nothing listens is explained", async () => {
  const url = await serve(answer(200, {}, ""));
  const server = open.pop();
  await new Promise((resolve) => server?.close(resolve));
  expect((await smokeToolsList(target(url))).failure).toMatchObject({
    step: "connect",
    code: "connection_refused",
  });
});

test("an endless answer is cut off", async () => {
  const url = await serve((req, res) => {
    req.resume();
    res.writeHead(200, json);
    const chunk = Buffer.alloc(1 << 20, 0x20);
    const pump = () => {
      while (!res.destroyed && res.write(chunk));
    };
    res.on("drain", pump);
    pump();
  });
  const report = await smokeToolsList(target(url, 20_000));
  expect(report.failure).toMatchObject({ code: "too_large" });
});

test("a server of the legacy era that is asked for the modern one is said not to offer it", async () => {
  const fetch = async (_url: string | URL, init?: RequestInit) => {
    const { id } = JSON.parse(String(init?.body ?? "{}"));
    const error = { code: -32601, message: "Method not found" };
    return Response.json({ jsonrpc: "2.0", id, error });
  };
  const report = await smokeToolsList({ ...target("http://runtime/mcp"), fetch, era: "modern" });
  expect(report).toMatchObject({
    status: "failed",
    failure: { code: "not_offered", message: expect.stringMatching(/does not offer the modern protocol/) },
  });
});

test("an answer too deep to be passed on fails in words, whether listed or called", async () => {
  const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
  const fetch = async (_url: string | URL, init?: RequestInit) => {
    if (init?.method !== "POST") return new Response(null, { status: 405 });
    const { id, method, params } = JSON.parse(String(init.body));
    if (id === undefined) return new Response(null, { status: 202 });
    const result = {
      initialize: `{"protocolVersion":"${params?.protocolVersion}","capabilities":{"tools":{}},"serverInfo":{"name":"x","version":"1"}}`,
      "tools/list": `{"tools":[{"name":"t","inputSchema":{"type":"object","default":${deep}}}]}`,
    }[method as string];
    return new Response(
      `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result ?? `{"content":[],"structuredContent":${deep}}`}}`,
      { headers: { "content-type": "application/json" } },
    );
  };
  const deepTarget = { ...target("http://runtime/mcp"), fetch, era: "legacy" as const };
  const message = expect.stringContaining("nested deeper than 60 levels");
  const listed = await smokeToolsList(deepTarget);
  expect(listed).toMatchObject({ status: "failed", failure: { step: "tools/list", message } });
  const called = await smokeToolCall({ ...deepTarget, tool: "t", arguments: {} });
  expect(called).toMatchObject({ status: "failed", failure: { step: "tools/call", message } });
});
