import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { loadConfig } from "#lib/config/index.ts";
import { LogCanary } from "#lib/contract/index.ts";
import { createServer as createMcpServer } from "#lib/domain/servers/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { createTenants, type TestDatabase, testCtx, testDatabase, testSystem } from "#lib/testing/index.ts";
import { type RunningEdge, startEdge } from "./edge.ts";

const TOKEN = "a-metrics-token-of-more-than-32-characters";

let stored: TestDatabase;
let dataDir: string;
let edge: RunningEdge;
let collector: Server;
const received: { path: string; authorization: string | undefined; body: unknown }[] = [];
const origin = (): string => `http://127.0.0.1:${edge.port}`;
const scrape = (token = TOKEN): Promise<Response> =>
  fetch(`${origin()}/metrics`, { headers: { authorization: `Bearer ${token}` } });

beforeAll(async () => {
  collector = createServer(async (req, res) => {
    received.push({ path: req.url ?? "", authorization: req.headers.authorization, body: await json(req) });
    res.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  stored = await testDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), "mcpstack-watch-"));
  edge = await startEdge({
    ...loadConfig({
      DATABASE_URL: stored.url,
      MCPSTACK_DATA_DIR: dataDir,
      MCPSTACK_LOG_LEVEL: "silent",
      MCPSTACK_NODE: "watched",
      MCPSTACK_METRICS_TOKEN: TOKEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20collector",
      NODE_ENV: "production",
    }),
    port: 0,
  });
});
afterAll(async () => {
  await edge.close();
  await stored.close();
  collector.closeAllConnections();
  collector.close();
  await rm(dataDir, { recursive: true, force: true });
});

it("runs its log canary from a real runtime to a real viewer and the store, and tells the fleet what it found", async () => {
  const canary = await eventually(async () => {
    const [row] = await stored.database.sql`select canary from edge_nodes where node = 'watched'`;
    return LogCanary.parse(row?.canary);
  });
  expect(canary).toMatchObject({ sent: 5, missing: 0, duplicated: 0, reordered: 0, problem: null });
  expect(canary.state).not.toBe("lost");
  expect(canary.viewerLagMs).toBeGreaterThanOrEqual(0);
  expect(canary.storeLagMs).toBeGreaterThanOrEqual(canary.viewerLagMs ?? Number.NaN);
  const text = await (await scrape()).text();
  expect(text).toMatch(/^mcpstack_log_canary_lines_total\{fate="sent",.*node="watched".*\} 5$/m);
  expect(text).toMatch(/^mcpstack_log_canary_lines_total\{fate="missing",.*\} 0$/m);
  expect(text).toMatch(/^mcpstack_log_canary_lag_seconds\{to="store",.*\} [\d.e-]+$/m);
});

it("lets nobody watch the canary's stream but the canary", async () => {
  const viewer = new WebSocket(`${origin().replace("http", "ws")}/log-stream/~canary`, {
    headers: { authorization: "Canary 0000" },
  });
  const [, response] = await once(viewer, "unexpected-response");
  expect(response.statusCode).toBe(401);
  response.destroy();
});

it("shows metrics to whoever presents the token, and to nobody else", async () => {
  for (const refused of [await scrape("wrong"), await fetch(`${origin()}/metrics`)]) {
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    expect(await refused.text()).not.toContain("mcpstack_");
  }
  const seen = await scrape();
  expect(seen.status).toBe(200);
  expect(seen.headers.get("content-type")).toMatch(/^text\/plain; version=/);
  const text = await seen.text();
  expect(text).toMatch(/^mcpstack_servers\{.*\} 0$/m);
  expect(text).toMatch(/^mcpstack_writer_lost_rows_total\{log="console",level="error",.*\} 0$/m);
  expect(text).toMatch(/^mcpstack_spool_working\{log="console",.*\} 1$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds\{/m);
});

it("sends the calls that it passed as spans to the operator's collector", async () => {
  const { acme } = await createTenants(stored.database);
  const ctx = testCtx(testSystem({ database: stored.database, clock: systemClock }), acme, "owner");
  const { id } = await createMcpServer(ctx, { kind: "hosted", name: "Quiet", slug: "quiet" });
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  await eventually(async () => {
    await fetch(`${origin()}/mcp/quiet`, { method: "POST", body: JSON.stringify(list) });
    expect(JSON.stringify(received.map(({ body }) => body))).toContain(id);
  });
  expect(received.at(-1)).toMatchObject({ path: "/v1/traces", authorization: "Bearer collector" });
});
