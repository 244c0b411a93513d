import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  accessKeys,
  gatewayServers,
  gateways,
  grants,
  servers,
  serverVersions,
} from "#drizzle/schema/index.ts";
import { runDirectoryOf } from "#lib/config/run-directory.ts";
import { startEmbeddedPostgres } from "#lib/db/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "#lib/db/index.ts";
import { packBundle, storeBundle } from "#lib/domain/deployments/bundle-store.ts";
import { createIdSource, type IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { NODE_ARGUMENTS } from "#server/role.ts";
import { freePort } from "./installation.ts";
import { createTestOrganization, type TestOrganization } from "./tenants.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 50;
const STOP_MS_MAX = 15_000;

/** One edge as it runs in a cluster: `server/main.ts --role=edge` in a process of its own. */
export interface TestEdge {
  readonly url: string;
  readonly pid: number;
  /** Where its sockets are. */
  readonly runDir: string;
  /** What it wrote to its log so far. */
  output(): string;
  /** Asks it to stop, and forces it when it does not. */
  stop(): Promise<void>;
}

/** A server and the gateway in front of it, which wants a key. */
export interface FrontedServer {
  readonly slug: string;
  readonly gatewayId: string;
  readonly keyId: string;
  /** Its path on every edge: `/gateway/{publicId}/mcp`. */
  readonly path: string;
  /** The key that opens it. */
  readonly secret: string;
}

/** A database with one organization, and edges over it. */
export interface EdgeSite {
  readonly database: Database;
  readonly organization: TestOrganization;
  /** What all nodes share: how they know each other, and what seals their secrets. */
  readonly secret: string;
  /** Adds a connected server behind a gateway of its own. Edges that start afterwards know it. */
  front(slug: string, upstreamUrl: string): Promise<FrontedServer>;
  /** The same with a hosted server, whose code is one module. */
  frontHosted(slug: string, code: string): Promise<FrontedServer>;
  /** `nodeOptions`: for Node itself, e.g. to profile it. */
  startEdge(options?: { node?: string; region?: string; nodeOptions?: readonly string[] }): Promise<TestEdge>;
  /** Stops everything and leaves nothing behind. */
  close(): Promise<void>;
}

export interface EdgeSiteOptions {
  /** Default: the embedded PostgreSQL in a directory of its own. */
  databaseUrl?: string;
}

/** For benches and conformance runs, which need the real edge over a real database but no pages. */
export async function openEdgeSite(options: EdgeSiteOptions = {}): Promise<EdgeSite> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "mcpstack-site-"));
  const postgres =
    options.databaseUrl === undefined
      ? await startEmbeddedPostgres({
          directory: path.join(directory, "db"),
          password: "only-for-this-run",
          endsWithParent: true,
        })
      : null;
  const databaseUrl = options.databaseUrl ?? postgres?.url ?? "";
  await migrateDatabase(
    databaseUrl,
    path.join(ROOT, "drizzle/migrations"),
    Date.now(),
    limits.storage.partitionsAheadDays,
  );
  const database = openDatabase({ url: databaseUrl, connectionsMax: 2, applicationName: "mcpstack-site" });
  const organization = await createTestOrganization(database, "site", "Site");
  const parts: Site = { database, organizationId: organization.id, ids: createIdSource() };
  const edges: TestEdge[] = [];
  const secret = createHash("sha256").update(directory).digest("hex");
  return {
    database,
    organization,
    secret,
    front: async (slug, upstreamUrl) => front(parts, slug, await addConnected(parts, slug, upstreamUrl)),
    frontHosted: async (slug, code) => front(parts, slug, await addHosted(parts, slug, code)),
    startEdge: async ({ node = "edge-1", region = "local", nodeOptions = [] } = {}) => {
      const edge = await startEdge({
        databaseUrl,
        node,
        region,
        nodeOptions,
        dataDir: path.join(directory, node),
        secret,
      });
      edges.push(edge);
      return edge;
    },
    close: async () => {
      await Promise.all(edges.map((edge) => edge.stop()));
      await database.close();
      await postgres?.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Site {
  database: Database;
  organizationId: string;
  ids: IdSource;
}

async function addConnected({ database, organizationId, ids }: Site, slug: string, upstreamUrl: string) {
  const id = ids.id("srv");
  const row = { organizationId, id, slug, name: slug, kind: "connected", status: "active", upstreamUrl };
  await database.db.insert(servers).values(row);
  return id;
}

async function addHosted({ database, organizationId, ids }: Site, slug: string, code: string) {
  const [id, versionId] = [ids.id("srv"), ids.id("ver")];
  const bundle = await packBundle({ mainModule: "main.js", modules: { "main.js": code } });
  await storeBundle(database.db, organizationId, bundle, new Date());
  const row = { organizationId, id, slug, name: slug, kind: "hosted", status: "active" };
  await database.db.insert(servers).values({ ...row, activeVersionId: versionId });
  await database.db.insert(serverVersions).values({
    organizationId,
    id: versionId,
    serverId: id,
    semver: "1.0.0",
    sha256: bundle.sha256,
    publishedAt: new Date(),
  });
  return id;
}

/** Puts a server behind a gateway of its own that opens to one key. */
async function front(
  { database: { db }, organizationId, ids }: Site,
  slug: string,
  serverId: string,
): Promise<FrontedServer> {
  const [gatewayId, keyId] = [ids.id("gw"), ids.id("key")];
  const publicId = `${slug}-${ids.uuid().slice(-12)}`;
  const secret = `mcpstack_gk_${ids.secret(32)}`;
  await db
    .insert(gateways)
    .values({ organizationId, id: gatewayId, name: `Gate of ${slug}`, access: ["key"] });
  await db.insert(gatewayServers).values({ organizationId, serverId, gatewayId, publicId });
  await db.insert(accessKeys).values({
    organizationId,
    id: keyId,
    gatewayId,
    name: "the only key",
    prefix: secret.slice(0, 16),
    hash: createHash("sha256").update(secret).digest("hex"),
  });
  await db
    .insert(grants)
    .values({ organizationId, id: ids.id("grt"), gatewayId, subjectKind: "everyone", tools: ["*"] });
  return { slug, gatewayId, keyId, path: `/gateway/${publicId}/mcp`, secret };
}

interface EdgeOptions {
  databaseUrl: string;
  node: string;
  region: string;
  nodeOptions: readonly string[];
  dataDir: string;
  secret: string;
}

async function startEdge({
  databaseUrl,
  node,
  region,
  nodeOptions,
  dataDir,
  secret,
}: EdgeOptions): Promise<TestEdge> {
  const port = await freePort();
  // As the supervisor runs it.
  const forNode = [...(NODE_ARGUMENTS.edge ?? []), ...nodeOptions];
  const child = spawn(process.execPath, [...forNode, path.join(ROOT, "server/main.ts"), "--role=edge"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: "production",
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      MCPSTACK_DATA_DIR: dataDir,
      MCPSTACK_NODE: node,
      MCPSTACK_REGION: region,
      MCPSTACK_SECRET_INTERNAL: secret,
      MCPSTACK_SECRET_AUTH: secret,
      MCPSTACK_SECRET_ENCRYPTION: secret,
      MCPSTACK_ALLOW_PRIVATE_UPSTREAMS: "on",
      MCPSTACK_LOG_LEVEL: "warn",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilHealthy(child, url);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`The edge does not start:\n${output}`, { cause: error });
  }
  return {
    url,
    pid: child.pid ?? 0,
    runDir: runDirectoryOf(dataDir),
    output: () => output,
    stop: () => stop(child),
  };
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (child.exitCode === null && child.signalCode === null) {
    const isUp = await fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > deadlineMs) throw new Error(`not up within ${READY_MS_MAX} ms`);
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  throw new Error(`it ended with ${child.exitCode ?? child.signalCode}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await ended;
  clearTimeout(force);
}
