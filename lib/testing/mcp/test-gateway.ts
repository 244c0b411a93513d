import { hash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type buildConnector, buildConnector as createConnector, Pool } from "undici";
import {
  type AgentEntry,
  createServerDirectory,
  type GatewayEntry,
  type GrantEntry,
  type KeyEntry,
  type ServerDirectory,
  type ServerEntry,
  UNPRICED_PLAN,
  type VersionRef,
} from "#lib/data-plane/directory/index.ts";
import { type CallLimiter, createGateway, type Gateway } from "#lib/data-plane/gateway/index.ts";
import type { RuntimeDriver, RuntimeExit } from "#lib/data-plane/hosting/index.ts";
import type { Meter } from "#lib/data-plane/metering/index.ts";
import type { RequestFact } from "#lib/data-plane/observation/index.ts";
import { type Clock, systemClock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type LogEntry, recordingLog } from "../recording-log.ts";

export const INTERNAL_SECRET = "internal-secret-of-the-test-gateway";

/** A server of the directory; hosted, active and public unless told otherwise. */
export const serverEntry = (slug: string, over: Partial<ServerEntry> = {}): ServerEntry => ({
  id: `srv_${slug}`,
  organizationId: "org_test",
  organizationSlug: "test",
  slug,
  name: slug,
  kind: "hosted",
  status: "active",
  directAccess: "public",
  retentionDays: 7,
  recordBodies: false,
  upstreamUrl: null,
  upstreamHeaders: {},
  gateway: null,
  version: { id: `ver_${slug}`, semver: "1.0.0", sha256: "00" },
  revision: "1",
  environment: {},
  caps: {
    toolCallDurationMsMax: 30_000,
    requestBytesMax: 4_194_304,
    responseBytesMax: 33_554_432,
    viewersMax: 10,
  },
  plan: UNPRICED_PLAN,
  ...over,
});

/** A gateway that lets everyone call everything, unless told otherwise. */
export const gatewayEntry = (id: string, over: Partial<GatewayEntry> = {}): GatewayEntry => ({
  id,
  organizationId: "org_test",
  name: id,
  access: ["public"],
  oauth: null,
  callsPerMinuteMax: null,
  concurrentMax: null,
  grants: [grantEntry(`grt_everyone_${id}`)],
  ...over,
});

/** A grant of every tool of every server to everyone, unless told otherwise. */
export const grantEntry = (id: string, over: Partial<GrantEntry> = {}): GrantEntry => ({
  id,
  subject: { kind: "everyone" },
  serverId: null,
  tools: ["*"],
  callsPerMinuteMax: null,
  concurrentMax: null,
  ...over,
});

/** A key that never expires, and what its holder presents. */
export interface TestKey {
  secret: string;
  entry: KeyEntry;
}

export const testKey = (
  name: string,
  over: Partial<KeyEntry> & ({ gatewayId: string } | { serverId: string } | { agentId: string }),
): TestKey => ({
  secret: `mcpstack_gk_${name}${"A".repeat(43 - name.length)}`,
  entry: {
    id: `key_${name}`,
    organizationId: "org_test",
    name,
    gatewayId: null,
    serverId: null,
    agentId: null,
    use: "external",
    expiresAtMs: null,
    revokedAtMs: null,
    ...over,
  },
});

/** An agent without caps that may call all `serverIds`, unless told otherwise. */
export const agentEntry = (
  id: string,
  serverIds: readonly string[],
  { budget, ...over }: Partial<Omit<AgentEntry, "budget">> & { budget?: Partial<AgentEntry["budget"]> } = {},
): AgentEntry => ({
  id,
  organizationId: "org_test",
  name: id,
  isPaused: false,
  pauseReason: null,
  serverIds: new Set(serverIds),
  budget: {
    monthlyCapMicros: null,
    defaultUserCapMicros: null,
    anonymousUserCapMicros: null,
    sessionCapMicros: null,
    userCaps: new Map(),
    onUnavailable: "deny",
    loopCallsPerMinuteMax: null,
    ...budget,
  },
  ...over,
});

/** Listens on a free port of loopback. `close` ends open connections too. */
export async function listenOnLoopback(
  listener: RequestListener,
): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A gateway on a real socket, before upstreams that stand in for runtimes. */
export interface TestGateway {
  url: string;
  /** The MCP URL of a server. */
  mcp(slug: string): string;
  /** The MCP URL of a server behind a gateway. */
  through(publicId: string): string;
  /** The metadata document of that URL. */
  metadataOf(publicId: string): string;
  /** Changes the stored configuration, and resolves when the gateway knows it. Rejects while the database is away. */
  configure(change: (stored: StoredConfiguration) => void): Promise<void>;
  /** What the gateway logged. */
  log: readonly LogEntry[];
  gateway: Gateway;
  facts: RequestFact[];
  /** Resolves with the first fact, past or future, that `matches`. */
  fact(matches: (fact: RequestFact) => boolean): Promise<RequestFact>;
  /** Leases that have not been given back. */
  openLeases(): number;
  /** Makes the runtime of `slug` look dead to calls that break from now on. */
  die(slug: string, exit: RuntimeExit): void;
  close(): Promise<void>;
}

/** What stands for the database. */
export interface StoredConfiguration {
  servers: ServerEntry[];
  gateways: GatewayEntry[];
  agents: AgentEntry[];
  keys: TestKey[];
  /** Published versions besides the active ones, by the id of their server. */
  versions: Record<string, VersionRef[]>;
  isAway: boolean;
}

export interface TestGatewayOptions
  extends Partial<Pick<StoredConfiguration, "gateways" | "agents" | "keys" | "versions">> {
  /** Slug of a server → gateway and public id. */
  attached?: Record<string, { id: string; publicId: string }>;
  /** What the gateway thinks its address is; by default not the one it listens on. */
  publicUrl?: string | "own";
  clock?: Clock;
  limiter?: CallLimiter;
  meter?: (directory: ServerDirectory) => Meter;
  onKeysUsed?: (uses: ReadonlyMap<string, number>) => Promise<void>;
  /** Hosted servers: slug → URL of the MCP endpoint that stands in for their runtime. */
  runtimes?: Record<string, string>;
  /** More entries, e.g. connected or inactive ones. */
  entries?: ServerEntry[];
  caps?: Partial<ServerEntry["caps"]>;
  connect?: buildConnector.connector;
  /** Replaces the lease of a server, e.g. with one that fails. */
  lease?: RuntimeDriver["lease"];
  allowedOrigins?: readonly string[];
  sessionSecret?: Uint8Array;
  node?: string;
}

export async function startTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const runtimes = options.runtimes ?? {};
  const stored: StoredConfiguration = {
    servers: [
      ...Object.keys(runtimes).map((slug) => {
        const entry = serverEntry(slug);
        return { ...entry, caps: { ...entry.caps, ...options.caps } };
      }),
      ...(options.entries ?? []),
    ].map((entry) => ({ ...entry, gateway: options.attached?.[entry.slug] ?? entry.gateway })),
    gateways: options.gateways ?? [],
    agents: options.agents ?? [],
    keys: options.keys ?? [],
    versions: options.versions ?? {},
    isAway: false,
  };
  const whileThere = <T>(read: () => T): T => {
    if (stored.isAway) throw new Error("the database is away");
    return read();
  };
  const clock = options.clock ?? systemClock;
  const pools = new Map<string, Pool>();
  const exits = new Map<string, RuntimeExit>();
  let openLeases = 0;
  const lease: RuntimeDriver["lease"] = (server) => {
    const target = runtimes[server.slug];
    if (target === undefined) throw new DomainError("runtime_failed", "no such runtime");
    const url = new URL(target);
    const pool = pools.get(server.slug) ?? new Pool(url.origin, { headersTimeout: 0, bodyTimeout: 0 });
    pools.set(server.slug, pool);
    openLeases++;
    return {
      versionId: server.version?.id ?? "",
      semver: server.version?.semver ?? "",
      sha256: server.version?.sha256 ?? "",
      dispatcher: pool,
      origin: url.origin,
      path: url.pathname,
      exit: () => exits.get(server.slug) ?? null,
      end: () => {
        openLeases--;
      },
    };
  };
  const unused = (): never => {
    throw new Error("not used by the gateway");
  };
  const driver: RuntimeDriver = {
    lease: options.lease ?? lease,
    trial: unused,
    apply: unused,
    settled: unused,
    drain: unused,
    restart: unused,
    crashes: unused,
    startWaits: unused,
    status: unused,
    close: unused,
  };
  const log = recordingLog();
  const directory = createServerDirectory({
    load: async () =>
      whileThere(() => ({
        servers: stored.servers,
        gateways: stored.gateways,
        agents: stored.agents,
        keys: new Map(stored.keys.map(({ secret, entry }) => [hash("sha256", secret, "hex"), entry])),
      })),
    loadVersion: async (server, named) =>
      whileThere(
        () =>
          (stored.versions[server.id] ?? []).find((version) =>
            "id" in named ? version.id === named.id : version.semver === named.semver,
          ) ?? null,
      ),
    clock,
    log,
  });
  await directory.refresh();
  let handle: Gateway["handle"] = () => false;
  const front = await listenOnLoopback((req, res) => {
    if (!handle(req, res)) res.writeHead(404).end();
  });
  const facts: RequestFact[] = [];
  const waiting = new Set<() => void>();
  const gateway = createGateway({
    directory,
    driver,
    sink: {
      request: (fact) => {
        facts.push(fact);
        for (const check of waiting) check();
      },
      console: () => undefined,
    },
    clock,
    ids: createIdSource(),
    log,
    connect: options.connect ?? createConnector({}),
    ...(options.limiter ? { limiter: options.limiter } : {}),
    ...(options.meter ? { meter: options.meter(directory) } : {}),
    ...(options.onKeysUsed ? { onKeysUsed: options.onKeysUsed } : {}),
    config: {
      publicUrl: options.publicUrl === "own" ? front.url : (options.publicUrl ?? "https://mcp.example.com"),
      internalSecret: INTERNAL_SECRET,
      sessionSecret: options.sessionSecret ?? new Uint8Array(32),
      node: options.node ?? "node-of-the-test",
      allowedOrigins: options.allowedOrigins ?? [],
    },
  });
  handle = gateway.handle;
  return {
    url: front.url,
    mcp: (slug) => `${front.url}/mcp/${slug}`,
    through: (publicId) => `${front.url}/gateway/${publicId}/mcp`,
    metadataOf: (publicId) => `${front.url}/.well-known/oauth-protected-resource/gateway/${publicId}/mcp`,
    configure: async (change) => {
      change(stored);
      await directory.refresh();
    },
    log: log.entries,
    gateway,
    facts,
    fact: (matches) =>
      new Promise((resolve) => {
        const check = (): void => {
          const found = facts.find(matches);
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    openLeases: () => openLeases,
    die: (slug, exit) => exits.set(slug, exit),
    close: async () => {
      await gateway.close(0);
      await front.close();
      await directory.close();
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
