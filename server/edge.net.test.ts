import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Config, loadConfig } from "#lib/config/index.ts";
import { LOG_STREAM_CLOSE } from "#lib/contract/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { createApiToken, revokeApiToken } from "#lib/domain/api-tokens/index.ts";
import { deactivateServer, publishVersion, uploadVersion } from "#lib/domain/deployments/index.ts";
import { createServer as createMcpServer, updateServerConfig } from "#lib/domain/servers/index.ts";
import { createFleetControl } from "#lib/edge-control/fleet-control.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { decodeId } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  completed,
  createTenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { rawRequest, toolCall } from "#lib/testing/mcp/index.ts";
import { type RunningEdge, startEdge } from "./edge.ts";

/** A stateless MCP server in one module: `echo` answers, logs, and shows an environment variable. */
const TENANT = `
const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const { id, method, params } = await request.json();
    const answer = (result) => json({ jsonrpc: "2.0", id, result });
    if (id === undefined) return new Response(null, { status: 202 });
    if (method === "initialize") return answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } });
    if (method === "tools/list") return answer({ tools: [{ name: "echo", inputSchema: { type: "object" } }] });
    if (method !== "tools/call") return json({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
    console.log("echo called with", params.arguments.text);
    return answer({ content: [{ type: "text", text: env.GREETING + params.arguments.text }] });
  },
};`;

let stored: TestDatabase;
let dataDir: string;
let config: Config;
let edge: RunningEdge;
let ctx: Ctx;
const origin = (): string => `http://127.0.0.1:${edge.port}`;

beforeAll(async () => {
  stored = await testDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), "mcpstack-edge-"));
  const fromEnvironment = loadConfig({
    DATABASE_URL: stored.url,
    MCPSTACK_DATA_DIR: dataDir,
    MCPSTACK_LOG_LEVEL: "error",
    NODE_ENV: "production",
  });
  config = { ...fromEnvironment, port: 0 };
  edge = await startEdge(config);
  const { acme } = await createTenants(stored.database);
  const box = createSealedBox(config.secrets.encryption);
  const system = testSystem({
    database: stored.database,
    clock: systemClock,
    doors: {
      seal: box.seal,
      unseal: box.unseal,
      runtime: control(),
    },
  });
  ctx = testCtx(system, acme, "owner");
  await createMcpServer(ctx, { kind: "hosted", name: "Greeter", slug: "greeter" });
  await updateServerConfig(ctx, { server: "greeter", environment: { GREETING: "hello " } });
});
afterAll(async () => {
  await edge.close();
  await stored.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The way of our other processes to the edge. */
const control = (socketPath = config.controlSocketPath, internalSecret = config.secrets.internal) =>
  createFleetControl({
    nodes: async () => [],
    internalSecret,
    fallback: {
      node: config.node,
      region: config.region,
      controlAddress: `unix:${socketPath}`,
      isSilent: false,
    },
  });

const upload = (version: string, source: string) =>
  uploadVersion(ctx, {
    server: "greeter",
    version,
    contentType: "text/javascript",
    body: new TextEncoder().encode(source),
  });

/** The first row of `query`, once there is one. */
const firstRow = (query: () => Promise<readonly Record<string, unknown>[]>) =>
  eventually(async () => {
    const [row] = await query();
    if (row === undefined) throw new Error("it is not stored");
    return row;
  });

const publish = (version: string) => completed(ctx, publishVersion(ctx, { server: "greeter", version }));

describe("the edge with a database and real runtimes", () => {
  it("publishes a version, serves it at its URL, and stores the call with its console line", async () => {
    await upload("1.0.0", TENANT);
    expect((await publish("1.0.0")).state).toBe("succeeded");

    const client = new Client(
      { name: "edge-test", version: "1.0.0" },
      { versionNegotiation: { mode: "auto" } },
    );
    await client.connect(new StreamableHTTPClientTransport(new URL(`${origin()}/mcp/greeter`)));
    const result = await client.callTool({ name: "echo", arguments: { text: "world" } });
    await client.close();
    expect(result.content).toEqual([{ type: "text", text: "hello world" }]);

    const { sql } = stored.database;
    const call = await firstRow(() => sql`select * from request_log where tool = 'echo'`);
    expect(call).toMatchObject({ outcome: "ok", era: "legacy", source: "external", node: config.node });
    const line = await firstRow(
      () => sql`select * from console_log where request_id = ${String(call.request_id)}`,
    );
    expect(line.message).toBe("echo called with world");
  });

  it("answers with the request id that it stores", async () => {
    const answer = await rawRequest(`${origin()}/mcp/greeter`, { body: toolCall(1, "echo", { text: "id" }) });
    expect(answer.status).toBe(200);
    const requestId = decodeId("req", String(answer.headers["x-request-id"]));
    const { sql } = stored.database;
    const row = await firstRow(() => sql`select * from request_log where id = ${requestId}`);
    expect(Number(row.request_bytes)).toBeGreaterThan(50);
  });

  it("refuses a version that does not load, with the runtime's own words, and keeps the old one", async () => {
    await upload("1.1.0", "export default { fetch( };");
    expect(await publish("1.1.0")).toMatchObject({
      state: "failed",
      error: expect.stringMatching(/SyntaxError.*main\.js:1/s),
      steps: [{ name: "start", state: "failed" }, {}, {}, {}, {}, { name: "switch", state: "skipped" }, {}],
    });
    const answer = await rawRequest(`${origin()}/mcp/greeter`, {
      body: toolCall(1, "echo", { text: "still" }),
    });
    expect(answer.text).toContain("hello still");
  });

  it("refuses a version that loads but is no MCP server", async () => {
    await upload("1.2.0", 'export default { fetch: () => new Response("hello") };');
    const { state, steps } = await publish("1.2.0");
    expect(state).toBe("failed");
    expect(steps.map((step) => `${step.name} ${step.state}`).slice(0, 4)).toEqual([
      "start succeeded",
      "tools/list legacy failed",
      "tools/list modern failed",
      "expected tools skipped",
    ]);
  });

  it("refuses a version that does not answer with what that version wrote about it, and no secret", async () => {
    const secret = "a-secret-of-this-server";
    await updateServerConfig(ctx, { server: "greeter", environment: { TICKETS_KEY: secret } });
    const hanging = `export default {
      async fetch(request, env) {
        console.error("no ticket desk for", env.TICKETS_KEY);
        await new Promise(() => undefined);
      },
    };`;
    await upload("1.3.0", hanging);
    const refusal = await publish("1.3.0");
    expect(refusal).toMatchObject({ state: "failed", error: expect.stringMatching(/HTTP 500/) });
    expect(JSON.stringify(refusal.log)).toMatch(/no ticket desk for \[redacted:/);
    expect(JSON.stringify(refusal)).not.toContain(secret);
  });

  it("stops serving a server as soon as it is deactivated", async () => {
    await completed(ctx, deactivateServer(ctx, { server: "greeter" }));
    const answer = await rawRequest(`${origin()}/mcp/greeter`, { body: toolCall(1) });
    expect(answer.status).toBe(409);
    expect(answer.json().error.data.code).toBe("server_inactive");
  });
});

describe("the front door", () => {
  it("is alive without the web process, says which part is missing, and shows a page that reloads", async () => {
    expect((await rawRequest(`${origin()}/health`, { method: "GET" })).json()).toEqual({ status: "ok" });
    const ready = await rawRequest(`${origin()}/ready`, { method: "GET" });
    expect(ready.status).toBe(503);
    expect(ready.json<{ parts: Record<string, { status: string }> }>().parts).toMatchObject({
      database: { status: "ok" },
      directory: { status: "ok" },
      runtime: { status: "ok" },
      web: { status: "failed" },
    });
    const page = await rawRequest(`${origin()}/acme`, { method: "GET", headers: { accept: "text/html" } });
    expect(page.status).toBe(503);
    expect(page.headers["retry-after"]).toBe("2");
    expect(page.text).toContain('http-equiv="refresh"');
    const api = await rawRequest(`${origin()}/api/v1/me`, { method: "GET" });
    expect(api.headers["content-type"]).toBe("application/problem+json");
    expect(api.json<{ code: string; retryable: boolean }>()).toMatchObject({
      code: "unavailable",
      retryable: true,
    });
  });

  it("passes everything else to the web process, with the caller's real address", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const web = createServer((req, res) => {
      seen.push(req.headers);
      res.setHeader("set-cookie", ["a=1", "b=2"]);
      req.pipe(res);
    });
    await new Promise<void>((resolve) => web.listen(config.webSocketPath, resolve));
    const answer = await rawRequest(`${origin()}/api/v1/echo?x=1`, {
      headers: {
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-host": "evil.example",
        "x-mcpstack-internal": "x",
        cookie: "c=3",
      },
      body: "streamed through",
    });
    expect(answer.text).toBe("streamed through");
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(seen[0]).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": `127.0.0.1:${edge.port}`,
      "x-forwarded-proto": "http",
      cookie: "c=3",
    });
    expect(seen[0]?.["x-mcpstack-internal"]).toBeUndefined();
    await eventually(async () =>
      expect((await rawRequest(`${origin()}/ready`, { method: "GET" })).status).toBe(200),
    );
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
  });
});

describe("a log viewer", () => {
  it("is cut off as soon as its token is revoked, and the others go on", async () => {
    await upload("2.0.0", TENANT);
    await publish("2.0.0");
    const watch = async () => {
      const { id, secret } = await createApiToken(ctx, { name: "viewer", scopes: ["logs:read"] });
      const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/log-stream/greeter`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      const closed = once(socket, "close");
      await once(socket, "message");
      return { id, socket, closed };
    };
    const [revoked, kept] = [await watch(), await watch()];
    await revokeApiToken(ctx, { tokenId: revoked.id });
    expect((await revoked.closed)[0]).toBe(LOG_STREAM_CLOSE.unauthenticated);
    expect(kept.socket.readyState).toBe(WebSocket.OPEN);
    kept.socket.terminate();
    await kept.closed;
  });
});

describe("what is published", () => {
  it("answers the first call after the publish, again and again, and nothing after a deactivation", async () => {
    const call = () => rawRequest(`${origin()}/mcp/greeter`, { body: toolCall(1, "echo", { text: "!" }) });
    for (const round of [1, 2, 3]) {
      await upload(`3.0.${round}`, TENANT.replace("env.GREETING", `"round ${round}"`));
      await publish(`3.0.${round}`);
      expect((await call()).text).toContain(`round ${round}!`);
    }
    await completed(ctx, deactivateServer(ctx, { server: "greeter" }));
    expect((await call()).status).toBe(409);
  });
});

describe("the control socket", () => {
  it("refuses a wrong secret, and says unavailable when the edge is not there", async () => {
    const wrong = control(config.controlSocketPath, "guess");
    await expect(wrong.refresh("srv_x")).rejects.toMatchObject({ code: "unauthenticated" });
    const nobody = control(`${config.runDir}/none.sock`, "x");
    await expect(nobody.refresh("srv_x")).rejects.toMatchObject({ code: "unavailable" });
    expect(await nobody.status("srv_x")).toMatchObject([{ state: "unknown", node: config.node }]);
  });

  it("tells the state of a runtime and of a log stream", async () => {
    const door = control();
    const [status] = await door.status("srv_unknown");
    expect(status).toMatchObject({ state: "stopped", region: config.region, node: config.node });
    expect(await door.logStream("srv_unknown")).toMatchObject({ viewers: 0, viewersMax: 10, holders: [] });
  });
});
