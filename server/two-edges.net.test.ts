import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokeGatewayKey } from "#lib/domain/gateways/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { type EdgeSite, type FrontedServer, openEdgeSite, type TestEdge } from "#lib/testing/edge-site.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type TestDatabase, testCtx, testDatabase, testSystem } from "#lib/testing/index.ts";
import { rawRequest, startLegacyServer, type TestMcpServer, toolCall } from "#lib/testing/mcp/index.ts";

/** A server with sessions in its memory, which another process of the same code knows nothing of. */
const HOSTED = `
const sessions = new Set();
const json = (value, status = 200, headers = {}) => Response.json(value, { status, headers });
export default {
  async fetch(request) {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const { id, method, params } = await request.json();
    if (method === "initialize") {
      const session = crypto.randomUUID();
      sessions.add(session);
      const result = { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "h", version: "1" } };
      return json({ jsonrpc: "2.0", id, result }, 200, { "mcp-session-id": session });
    }
    if (!sessions.has(request.headers.get("mcp-session-id"))) return json({ jsonrpc: "2.0", id, error: { code: -32001, message: "Session not found" } }, 404);
    return json({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "hosted" }] } });
  },
};`;

let stored: TestDatabase;
let upstream: TestMcpServer;
let site: EdgeSite;
let connected: FrontedServer;
let hosted: FrontedServer;
let edges: TestEdge[];

beforeAll(async () => {
  [stored, upstream] = await Promise.all([testDatabase(), startLegacyServer()]);
  site = await openEdgeSite({ databaseUrl: stored.url });
  connected = await site.front("connected", upstream.url);
  hosted = await site.frontHosted("hosted", HOSTED);
  edges = await Promise.all([
    site.startEdge({ node: "berlin-1", region: "berlin" }),
    site.startEdge({ node: "tokyo-1", region: "tokyo" }),
  ]);
});
afterAll(async () => {
  await site.close();
  await upstream.close();
  await stored.close();
});

const edge = (index: number): TestEdge => {
  const found = edges[index];
  if (!found) throw new Error("no such edge");
  return found;
};
const post = (at: TestEdge, server: FrontedServer, body: object, session?: string) =>
  rawRequest(at.url + server.path, {
    headers: {
      authorization: `Bearer ${server.secret}`,
      ...(session === undefined ? {} : { "mcp-session-id": session, "mcp-protocol-version": "2025-06-18" }),
    },
    body,
  });

/** Opens a session and answers its id. */
async function open(at: TestEdge, server: FrontedServer): Promise<string> {
  const answer = await post(at, server, {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "two-edges", version: "1.0.0" },
    },
  });
  expect(answer.status).toBe(200);
  return String(answer.headers["mcp-session-id"]);
}

describe("two edges of different regions over one database", () => {
  it("are ready without pages on their machines, so that a balancer keeps them", async () => {
    for (const one of edges) {
      const ready = await rawRequest(`${one.url}/ready`, { method: "GET" });
      expect(ready.status).toBe(200);
      expect(ready.json<{ parts: object }>().parts).not.toHaveProperty("web");
    }
  });

  it("are both registered, each with its region", async () => {
    const rows = await site.database.sql<{ node: string; region: string }[]>`
      select node, region from edge_nodes where stopped_at is null order by node`;
    expect(rows.map(({ node, region }) => ({ node, region }))).toEqual([
      { node: "berlin-1", region: "berlin" },
      { node: "tokyo-1", region: "tokyo" },
    ]);
  });

  it("serve the same gateway URL to the same key, and to nobody without one", async () => {
    for (const at of edges) {
      const session = await open(at, connected);
      const called = await post(at, connected, toolCall(1, "echo", { text: "here" }), session);
      expect(called.text).toContain("here");
      const refused = await rawRequest(at.url + connected.path, { body: toolCall(1) });
      expect(refused.status).toBe(401);
    }
  });

  it("take up each other's sessions of a connected server, whose sessions are elsewhere", async () => {
    const session = await open(edge(0), connected);
    const called = await post(edge(1), connected, toolCall(1, "echo", { text: "from Tokyo" }), session);
    expect(called.status).toBe(200);
    expect(called.text).toContain("from Tokyo");
  });

  it("send the client of a hosted server back to its start when the session lives on the other edge", async () => {
    const session = await open(edge(0), hosted);
    expect((await post(edge(0), hosted, toolCall(1), session)).text).toContain("hosted");
    const elsewhere = await post(edge(1), hosted, toolCall(2), session);
    expect(elsewhere.status).toBe(404);
    const again = await open(edge(1), hosted);
    expect((await post(edge(1), hosted, toolCall(3), again)).text).toContain("hosted");
  });

  it("do not know the session of another server", async () => {
    const session = await open(edge(0), connected);
    expect((await post(edge(0), hosted, toolCall(1), session)).status).toBe(404);
  });

  it("both refuse a revoked key, although only the database tells them", async () => {
    const system = testSystem({
      database: site.database,
      clock: systemClock,
      // Whoever changes something tells one edge directly; here all must hear of it from the database.
      doors: { runtime: { refresh: async () => undefined } },
    });
    const ctx = testCtx(system, site.organization, "owner");
    await revokeGatewayKey(ctx, { gateway: connected.gatewayId, key: connected.keyId });
    const statuses = () =>
      Promise.all(edges.map(async (at) => (await post(at, connected, toolCall(1))).status));
    await eventually(async () => expect(await statuses()).toEqual([401, 401]));
  });
});
