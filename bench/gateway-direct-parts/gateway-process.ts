import { buildConnector, Pool } from "undici";
import { createServerDirectory, type ServerEntry } from "#lib/data-plane/directory/index.ts";
import { createFrontDoor, createReadiness, createWebProxy } from "#lib/data-plane/front-door/index.ts";
import { createGateway } from "#lib/data-plane/gateway/index.ts";
import { createWorkerdDriver, type RuntimeDriver } from "#lib/data-plane/hosting/index.ts";
import { createObservation } from "#lib/data-plane/observation/index.ts";
import { openDatabase } from "#lib/db/index.ts";
import { systemClock as clock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { createLog } from "#lib/telemetry/index.ts";

/** The data plane as the edge wires it, storing every call, before a plain Node server and before a real runtime. */
export interface GatewayProcessOptions {
  databaseUrl: string;
  runDir: string;
  cacheDir: string;
  upstreamUrl: string;
}

const TENANT = `
const text = "x".repeat(900);
export default {
  async fetch(request) {
    const { id } = await request.json();
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers: { "content-type": "application/json" } });
  },
};`;

const options = JSON.parse(process.argv[2] ?? "") as GatewayProcessOptions;
const log = createLog({ name: "bench", level: "warn" });
const ids = createIdSource();
const entry = (slug: string): ServerEntry => ({
  id: `srv_${slug}`,
  organizationId: "org_bench",
  slug,
  name: slug,
  kind: "hosted",
  status: "active",
  directAccess: "public",
  retentionDays: 7,
  upstreamUrl: null,
  upstreamHeaders: {},
  gateway: null,
  version: { id: "ver_1", semver: "1.0.0", sha256: "ab".repeat(32) },
  revision: "1",
  environment: {},
  caps: { toolCallDurationMsMax: 60_000, requestBytesMax: 4_194_304, responseBytesMax: 33_554_432 },
});
const directory = createServerDirectory({
  load: async () => ({ servers: [entry("node"), entry("workerd")], gateways: [], keys: new Map() }),
  loadVersion: async () => null,
  clock,
  log,
});
await directory.refresh();
const database = openDatabase({ url: options.databaseUrl, connectionsMax: 4, applicationName: "bench" });
const observation = createObservation({
  database,
  directory,
  clock,
  ids,
  log,
  region: "bench",
  node: "bench",
});
const workerd = createWorkerdDriver({
  runDir: options.runDir,
  cacheDir: options.cacheDir,
  loadBundle: async () => ({ mainModule: "main.js", modules: { "main.js": TENANT } }),
  sink: observation.sink,
  clock,
  log,
  allowPrivate: false,
  egressHosts: {},
  region: "bench",
  node: "bench",
});
const upstream = new URL(options.upstreamUrl);
const pool = new Pool(upstream.origin, { connections: 256, headersTimeout: 0, bodyTimeout: 0 });
const driver: RuntimeDriver = {
  ...workerd,
  lease: (server, requestId) =>
    server.slug === "workerd"
      ? workerd.lease(server, requestId)
      : {
          versionId: "ver_1",
          semver: "1.0.0",
          dispatcher: pool,
          origin: upstream.origin,
          path: upstream.pathname,
          exit: () => null,
          end: () => undefined,
        },
};
const gateway = createGateway({
  directory,
  driver,
  sink: observation.sink,
  clock,
  ids,
  log,
  connect: buildConnector({}),
  config: { publicUrl: "http://127.0.0.1", internalSecret: "bench" },
});
const web = createWebProxy({
  webSocketPath: "/nonexistent",
  trustProxy: false,
  allowUpgrade: false,
  ids,
  log,
});
const frontDoor = createFrontDoor({
  mcp: gateway.handle,
  logStream: () => false,
  web,
  ready: createReadiness({}, clock),
  log,
});
const port = await frontDoor.listen(0, "127.0.0.1");
process.send?.({ port });
process.on("message", (message) => {
  if (message === "stats")
    process.send?.({ stats: observation.stats().requests, memory: process.memoryUsage() });
});
process.on("disconnect", async () => {
  await workerd.close(0);
  process.exit(0);
});
