import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Config, loadConfig } from "#lib/config/index.ts";
import { type Database, openDatabase } from "#lib/db/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { runOperationWorker } from "#lib/domain/deployments/index.ts";
import { listExpectedNodes } from "#lib/domain/nodes/index.ts";
import { syncPlans } from "#lib/domain/plans/index.ts";
import { createFleetControl } from "#lib/edge-control/fleet-control.ts";
import { createDoors } from "#lib/http/system.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { createLog } from "#lib/telemetry/index.ts";
import { type RunningEdge, startEdge } from "#server/edge.ts";
import { freePort } from "../installation.ts";
import { listenOnLoopback, type RealIssuer, startRealIssuer } from "../mcp/index.ts";

export const REGIONS = ["eu", "us"] as const;
export type Region = (typeof REGIONS)[number];

/** Prices of organizations that pay: a tenth of a cent a call. */
export const PRICED_PLAN = "faults";
export const PRICE_PER_CALL_MICROS = 1_000;

/** A name that hosted code and connected servers reach, and that leads elsewhere in every region. */
export const REGIONAL_HOST = "regional.internal";

/** A small installation in this process: two edges of two regions, one worker, one authorization server, one database. */
export interface Fleet {
  readonly system: System;
  readonly database: Database;
  readonly issuer: RealIssuer;
  /** Where callers of a region arrive. */
  url(region: Region): string;
  /** Sends what hosted code and connected servers of a region say to `REGIONAL_HOST` there. */
  readonly regional: Record<Region, { target: string | null }>;
  close(): Promise<void>;
}

/** Starts it over a migrated database. */
export async function openFleet(databaseUrl: string): Promise<Fleet> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "ms-faults-"));
  const regional: Fleet["regional"] = { eu: { target: null }, us: { target: null } };
  const relays = await Promise.all(REGIONS.map((region) => startRelay(regional[region])));
  const publicPort = await freePort();
  const configs = await Promise.all(
    REGIONS.map(async (region, index) =>
      edgeConfig(databaseUrl, directory, region, {
        port: index === 0 ? publicPort : await freePort(),
        publicPort,
        relayPort: relays[index]?.port ?? 0,
      }),
    ),
  );
  const edges: { config: Config; edge: RunningEdge }[] = [];
  for (const config of configs) edges.push({ config, edge: await startEdge(config) });
  const [first] = edges;
  if (!first) throw new Error("a fleet has edges");
  const database = openDatabase({ url: databaseUrl, connectionsMax: 10, applicationName: "faults" });
  const log = createLog({ name: "faults", level: process.env.FAULTS_LOG ?? "silent" });
  const control = createFleetControl({
    nodes: () => listExpectedNodes({ database, clock: systemClock }),
    internalSecret: first.config.secrets.internal,
    fallback: {
      node: first.config.node,
      region: first.config.region,
      controlAddress: `unix:${first.config.controlSocketPath}`,
      isSilent: false,
    },
  });
  const system: System = {
    database,
    clock: systemClock,
    ids: createIdSource(systemClock.nowMs),
    log,
    doors: { ...createDoors(first.config, database, log), runtime: control },
  };
  await setPrices(system, pricedPlan(PRICED_PLAN, PRICE_PER_CALL_MICROS), 60 * 24 * 60);
  const issuer = await startRealIssuer();
  const stopping = new AbortController();
  const worker = runOperationWorker(system, stopping.signal);
  return {
    system,
    database,
    issuer,
    regional,
    url: (region) => `http://127.0.0.1:${edges[REGIONS.indexOf(region)]?.edge.port}`,
    close: async () => {
      stopping.abort();
      await worker;
      await control.close();
      await Promise.all(edges.map(({ edge }) => edge.close()));
      await issuer.close();
      await Promise.all(relays.map((relay) => relay.close()));
      await database.close(1_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A plan as operators write them. Caps are those of an installation unless a scenario is about one. */
export const pricedPlan = (
  plan: string,
  perCallMicros: number,
  caps: Partial<Record<string, number>> = {},
) => ({
  plan,
  name: `Plan ${plan}`,
  caps: {
    toolCallDurationMsMax: 20_000,
    requestBytesMax: 1_048_576,
    responseBytesMax: 8 * 1_048_576,
    hostedServersMax: 50,
    retentionDaysMax: 90,
    viewersMax: 10,
    ...caps,
  },
  prices: { perCallMicros: String(perCallMicros), per100MsMicros: "0", per64KibMicros: "0" },
});

/** The operator's prices from so many minutes ago on; a plan of a known name gets another version. */
export async function setPrices(
  system: System,
  plan: ReturnType<typeof pricedPlan>,
  minutesAgo = 0,
): Promise<void> {
  const clock = { ...system.clock, nowMs: () => system.clock.nowMs() - minutesAgo * 60_000 };
  const caller = { system: { ...system, clock }, actor: { kind: "system" as const, name: "operator" } };
  await syncPlans({ ...caller, requestId: system.ids.id("req") }, { plans: [plan] });
}

function edgeConfig(
  databaseUrl: string,
  directory: string,
  region: Region,
  ports: { port: number; publicPort: number; relayPort: number },
): Config {
  const fromEnvironment = loadConfig({
    DATABASE_URL: databaseUrl,
    PORT: String(ports.port),
    MCPSTACK_PUBLIC_URL: `http://127.0.0.1:${ports.publicPort}`,
    MCPSTACK_DATA_DIR: path.join(directory, region),
    MCPSTACK_REGION: region,
    MCPSTACK_NODE: `edge-${region}`,
    MCPSTACK_LOG_LEVEL: process.env.FAULTS_LOG ?? "silent",
    MCPSTACK_ALLOW_PRIVATE_UPSTREAMS: "on",
    MCPSTACK_EGRESS_HOSTS: `${REGIONAL_HOST}=127.0.0.1:${ports.relayPort}`,
    NODE_ENV: "production",
    MCPSTACK_SECRET_AUTH: "a".repeat(64),
    MCPSTACK_SECRET_ENCRYPTION: "b".repeat(64),
    MCPSTACK_SECRET_INTERNAL: "c".repeat(64),
  });
  return fromEnvironment;
}

/** Passes requests on to the region's target, or cuts them where there is none: a way that is broken in one region. */
function startRelay(place: { target: string | null }) {
  return listenOnLoopback(async (req, res) => {
    if (place.target === null) {
      res.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const headers = new Headers();
    for (const [name, value] of Object.entries(req.headers))
      if (typeof value === "string" && !["host", "connection", "content-length"].includes(name))
        headers.set(name, value);
    const hasBody = req.method !== "GET" && req.method !== "DELETE";
    const answer = await fetch(new URL(req.url ?? "/", place.target), {
      method: req.method ?? "GET",
      headers,
      ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    res.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
    });
    res.end(bytes);
  });
}
