import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { auditLog, checkRuns } from "#drizzle/schema/index.ts";
import { SmokeResult } from "#lib/contract/index.ts";
import type { Ctx, System } from "#lib/domain/access/index.ts";
import { activateServer } from "#lib/domain/deployments/index.ts";
import { createServer, getServer, listTools } from "#lib/domain/servers/index.ts";
import { createIdSource, decodeId } from "#lib/kernel/ids.ts";
import {
  completed,
  createTenants,
  fakeRuntime,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { listCheckRuns, runToolCall, runToolsListSmoke } from "./index.ts";

let test_: TestDatabase;
let tenants: Tenants;
let system: System;
let edge: Server;
let working = true;
let seen: { path: string; source: string; internal: string }[] = [];

/** A real MCP server behind a stand-in for the edge: it answers under every slug and gives request ids. */
const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "tickets", version: "1.0.0" });
  server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, async ({ text }) => ({
    content: [{ type: "text", text }],
  }));
  server.registerTool("big", { inputSchema: z.object({}) }, async () => ({
    content: [{ type: "text", text: `nul\0${"x".repeat(400_000)}` }],
  }));
  return server;
});
const requestId = createIdSource().id("req");

beforeAll(async () => {
  test_ = await testDatabase();
  tenants = await createTenants(test_.database);
  edge = createHttpServer(async (req, res) => {
    seen.push({
      path: req.url ?? "",
      source: String(req.headers["x-mcpstack-source"]),
      internal: String(req.headers["x-mcpstack-internal"]),
    });
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (!working) return void res.writeHead(500).end("broken");
    const body = Buffer.concat(chunks);
    const response = await handler.fetch(
      new Request(`http://runtime${req.url}`, {
        method: req.method ?? "GET",
        headers: req.headers as Record<string, string>,
        ...(body.length > 0 ? { body } : {}),
      }),
    );
    res.writeHead(response.status, {
      ...Object.fromEntries(response.headers),
      "x-request-id": requestId,
    });
    res.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => edge.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  edge.closeAllConnections();
  await new Promise((resolve) => edge.close(resolve));
  await test_.close();
});
beforeEach(() => {
  working = true;
  seen = [];
  const { port } = edge.address() as AddressInfo;
  system = testSystem({
    database: test_.database,
    doors: {
      runtime: fakeRuntime(),
      internalMcp: (slug, source) => ({
        url: `http://127.0.0.1:${port}/mcp/${slug}`,
        headers: { "x-mcpstack-source": source, "x-mcpstack-internal": "shh" },
      }),
    },
  });
});

const developer = (): Ctx => testCtx(system, tenants.acme, "developer");
const viewer = (): Ctx => testCtx(system, tenants.acme, "viewer");
const stranger = (): Ctx => testCtx(system, tenants.globex, "owner");
const token = (): Ctx => ({
  ...developer(),
  actor: { kind: "apiToken", tokenId: "key_ci", name: "CI", createdBy: null },
});
let made = 0;
async function connected(): Promise<{ id: string; slug: string }> {
  made += 1;
  return createServer(developer(), {
    kind: "connected",
    name: `C${made}`,
    slug: `checked-${made}`,
    upstreamUrl: "https://example.com/mcp",
  });
}

test("a passed smoke is stored with its tools, its request and who ran it, and is the server's last smoke", async () => {
  const { id, slug } = await connected();
  const result = await runToolsListSmoke(developer(), { server: slug });
  expect(result).toMatchObject({ server: slug, status: "passed", toolCount: 2, requestId });
  expect(JSON.stringify(SmokeResult.parse(result))).toMatch(
    new RegExp(`^\\{"server":"${slug}","transport":"streamable-http","status":"passed","toolCount":2,`),
  );
  expect(Object.keys(result.tools[0] ?? {})).toEqual(["name", "title", "description"]);
  expect(seen.at(-1)).toEqual({ path: `/mcp/${slug}`, source: "smoke", internal: "shh" });
  expect(await listCheckRuns(viewer(), { server: id })).toMatchObject([
    { id: result.id, kind: "tools-list", status: "passed", toolCount: 2, actor: "Acme developer" },
  ]);
  const { tools } = await listTools(viewer(), { server: id });
  expect(tools[0]).toMatchObject({ name: "echo", inputSchema: { type: "object", required: ["text"] } });
  expect(await getServer(viewer(), { server: id })).toMatchObject({
    toolCount: 2,
    lastSmoke: { id: result.id, status: "passed" },
  });
  const [row] = await test_.database.db.select().from(checkRuns).where(eq(checkRuns.id, result.id));
  expect(row?.requestId).toBe(decodeId("req", requestId));
  const [audit] = await test_.database.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.entityId, id), eq(auditLog.action, "check.toolsList")));
  expect(audit?.organizationId).toBe(tenants.acme.id);
});

test("a failed smoke is an answer, is stored, and leaves the known tools alone", async () => {
  const { id } = await connected();
  await runToolsListSmoke(developer(), { server: id });
  working = false;
  const result = await runToolsListSmoke(developer(), { server: id });
  expect(result).toMatchObject({ status: "failed", toolCount: 0, failure: { code: "server_error" } });
  expect(await getServer(viewer(), { server: id })).toMatchObject({
    toolCount: 2,
    lastSmoke: { status: "failed", toolCount: null, error: result.failure?.message },
  });
  const runs = await listCheckRuns(viewer(), { server: id });
  expect(runs.map((run) => run.status)).toEqual(["failed", "passed"]);
});

test("a tool call by a signed-in user is dashboard traffic, by a token smoke traffic", async () => {
  const { id } = await connected();
  const call = { server: id, tool: "echo", arguments: { text: "hi" } };
  expect(await runToolCall(developer(), call)).toMatchObject({
    status: "passed",
    content: [{ type: "text", text: "hi" }],
  });
  expect(new Set(seen.map(({ source }) => source))).toEqual(new Set(["dashboard"]));
  seen = [];
  await runToolCall(token(), call);
  expect(new Set(seen.map(({ source }) => source))).toEqual(new Set(["smoke"]));
  expect(await listCheckRuns(viewer(), { server: id, kind: "tool-call" })).toHaveLength(2);
  expect(await listCheckRuns(viewer(), { server: id, kind: "tools-list" })).toEqual([]);
});

test("an answer too large or too odd for the record is given whole and recorded without its content", async () => {
  const { id } = await connected();
  const result = await runToolCall(developer(), { server: id, tool: "big" });
  expect(result.status).toBe("passed");
  expect(JSON.stringify(result.content)).toContain("x".repeat(400_000));
  const [row] = await test_.database.db.select().from(checkRuns).where(eq(checkRuns.id, result.id));
  expect(row?.result).toMatchObject({ status: "passed", content: [] });
});

test("a connected server is activated after a smoke, and not when the smoke fails", async () => {
  const { id } = await connected();
  working = false;
  const refused = await completed(developer(), activateServer(developer(), { server: id }));
  expect(refused).toMatchObject({ state: "failed", error: expect.stringMatching(/HTTP 5\d\d|server/i) });
  expect(await getServer(viewer(), { server: id })).toMatchObject({ status: "draft" });
  working = true;
  const operation = await completed(developer(), activateServer(developer(), { server: id }));
  expect(operation).toMatchObject({
    state: "succeeded",
    steps: [
      { name: "tools/list legacy", state: "succeeded" },
      { name: "tools/list modern" },
      { name: "expected tools", state: "skipped" },
      { name: "canary", state: "skipped" },
      { name: "switch", state: "succeeded" },
    ],
  });
  expect(await getServer(viewer(), { server: id })).toMatchObject({ status: "active", toolCount: 2 });
});

test("a viewer runs nothing; a stranger's server and a missing one give the same answer", async () => {
  const { id } = await connected();
  await expect(runToolsListSmoke(viewer(), { server: id })).rejects.toMatchObject({ code: "forbidden" });
  await expect(runToolCall(viewer(), { server: id, tool: "echo" })).rejects.toMatchObject({
    code: "forbidden",
  });
  const answerOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      ({ code, message }) => ({ code, message }),
    );
  for (const verb of [
    (server: string) => runToolsListSmoke(stranger(), { server }),
    (server: string) => runToolCall(stranger(), { server, tool: "echo" }),
    (server: string) => listCheckRuns(stranger(), { server }),
  ]) {
    const missing = await answerOf(verb("no-such-server"));
    expect(missing).toMatchObject({ code: "not_found" });
    expect(await answerOf(verb(id))).toEqual(missing);
  }
  expect(seen).toEqual([]);
});
