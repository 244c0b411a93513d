import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { type AuthSystem, authSettings } from "#lib/auth/index.ts";
import type { Config } from "#lib/config/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import { startControlServer } from "#lib/data-plane/control/index.ts";
import { createServerDirectory, type RefreshingDirectory } from "#lib/data-plane/directory/index.ts";
import {
  createFrontDoor,
  createPaymentWebhooks,
  createReadiness,
  createWebProxy,
  type WebProxy,
} from "#lib/data-plane/front-door/index.ts";
import { createGateway, createSharedLimiter } from "#lib/data-plane/gateway/index.ts";
import { createWorkerdDriver } from "#lib/data-plane/hosting/index.ts";
import { createHostingCheck } from "#lib/data-plane/hosting-check/index.ts";
import { canaryMayWatch, canaryServer, loadingCanary, withCanary } from "#lib/data-plane/log-canary/index.ts";
import { createLogStreamServer, type LogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createMetrics } from "#lib/data-plane/metrics/index.ts";
import { createPinnedConnector } from "#lib/data-plane/network/index.ts";
import { createObservation } from "#lib/data-plane/observation/index.ts";
import { openSpoolHome } from "#lib/data-plane/spool/index.ts";
import { createTracing } from "#lib/data-plane/tracing/index.ts";
import { CHANNELS, type Database, listen, openDatabase } from "#lib/db/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { loadAgentEntries } from "#lib/domain/agents/index.ts";
import { smokeToolCall, smokeToolsList } from "#lib/domain/checks/index.ts";
import { findPublishedVersion, loadBundle } from "#lib/domain/deployments/index.ts";
import { loadGatewayEntries, recordKeyUses } from "#lib/domain/gateways/index.ts";
import { createStripeProvider, takeWebhook } from "#lib/domain/payments/index.ts";
import { loadDirectoryRows } from "#lib/domain/servers/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createLog, type Log } from "#lib/telemetry/index.ts";
import { closedDoors } from "./closed-doors.ts";
import { startCanary } from "./edge-canary.ts";
import { startMeter } from "./edge-meter.ts";
import { keepNodeRegistered, productVersion } from "./edge-node.ts";
import { logViewerAccess } from "./log-viewer-access.ts";
import type { RoleHost, RunningRole } from "./role.ts";

const clock = systemClock;

/** The edge while it runs. `port` is where it listens, which matters when the configuration said 0. */
export interface RunningEdge extends RunningRole {
  readonly port: number;
}

/**
 * The data plane and the front door. Resolves when it listens: with the servers it could read, or with none yet when
 * the database is away. `close` takes nothing new, drains what is under way, and stores what was observed.
 */
export async function startEdge(config: Config, host?: RoleHost): Promise<RunningEdge> {
  if (config.databaseUrl === null) {
    throw new Error("The edge process needs DATABASE_URL; start it through server/main.ts.");
  }
  const log = createLog({ name: "edge", level: config.logLevel });
  const ids = createIdSource(clock.nowMs);
  const { region, node } = config;
  const database = openDatabase({
    url: config.databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    applicationName: "mcpstack-edge",
  });
  const directory = directoryOf(config, database, log);
  const ownServer = canaryServer(node);
  /** What console lines pass knows the server of our own canary too. */
  const observed = withCanary(directory, ownServer);
  const observation = createObservation({
    database,
    directory: observed,
    clock,
    ids,
    log,
    region,
    node,
    redactionKey: config.secrets.internal,
    spoolHome: await openSpoolHome({ directory: path.join(config.dataDir, "spool"), log }),
    canary: () => canary.forViewers(),
  });
  const tracing =
    config.traces === null
      ? null
      : createTracing({ ...config.traces, version: productVersion, node, region, ids, log });
  const metrics = createMetrics({
    token: config.metricsToken,
    node,
    region,
    clock,
    observation: observation.stats,
    directory: () => ({ servers: [...directory.all()].length, asOfMs: directory.asOfMs }),
    // Nobody asks before the front door listens.
    money: () => meter.stats(),
    canary: () => canary.latest(),
  });
  for (const listener of [metrics.sink, tracing?.sink]) if (listener) observation.tell(listener);
  const { sink } = observation;
  const driver = createWorkerdDriver({
    runDir: config.runDir,
    cacheDir: path.join(config.dataDir, "bundles"),
    loadBundle: loadingCanary((organizationId, sha256) => loadBundle(database, organizationId, sha256)),
    sink,
    clock,
    log,
    allowPrivate: config.allowPrivateUpstreams,
    egressHosts: config.egressHosts,
    region,
    node,
  });
  directory.onChange((change) => driver.apply(change));
  const reach = { allowPrivate: config.allowPrivateUpstreams, aliases: config.egressHosts };
  const connect = createPinnedConnector(reach);
  const meter = startMeter({ system: { database, clock, ids, log, doors: closedDoors }, directory, node });
  const gateway = createGateway({
    directory,
    meter,
    driver,
    sink,
    clock,
    ids,
    log,
    connect,
    ...(config.redisUrl === null
      ? {}
      : { limiter: createSharedLimiter({ url: config.redisUrl, monotonicMs: clock.monotonicMs, log }) }),
    onKeysUsed: (uses) =>
      recordKeyUses(
        database,
        [...uses].map(([keyId, usedAtMs]) => ({ keyId, usedAtMs })),
      ),
    config: {
      publicUrl: config.publicUrl,
      internalSecret: config.secrets.internal,
      sessionSecret: config.secrets.encryption,
      node,
      allowedOrigins: config.mcpOrigins,
      exportsTraces: tracing !== null,
    },
  });
  let ownUrl = ownUrlOf(config.host, config.port);
  const canary = startCanary({
    database,
    driver,
    server: ownServer,
    secret: config.secrets.internal,
    ownUrl: () => ownUrl,
    node,
    clock,
    ids,
    log,
  });
  const auth: AuthSystem = {
    database,
    clock,
    ids,
    log,
    doors: closedDoors,
    auth: authSettings(config.secrets.auth, config.publicUrl),
  };
  const logStream = createLogStreamServer({
    hub: observation.hub,
    directory: observed,
    authorize: canaryMayWatch(config.secrets.internal, logViewerAccess(auth)),
    allowedOrigins: ownOrigins(config.publicUrl),
    clock,
    log,
  });
  const web = createWebProxy({
    webSocketPath: config.webSocketPath,
    trustProxy: config.trustProxy,
    allowUpgrade: config.mode === "development",
    ids,
    log,
  });
  const ready = createReadiness(
    {
      database: () => database.sql`select 1`.then(() => null),
      directory: async () => ageProblemOf(directory),
      runtime: () => access(config.runDir, constants.W_OK).then(() => null),
      // A process of a cluster does not know how the others are, and says nothing about them.
      ...(host && !host.isSupervised ? {} : { web: () => webProblemOf(web) }),
      ...(host?.isSupervised ? { jobs: async () => jobsProblemOf(host) } : {}),
    },
    clock,
  );
  const frontDoor = createFrontDoor({
    mcp: gateway.handle,
    logStream: logStream.upgrade,
    metrics: metrics.handle,
    webhooks: createPaymentWebhooks({
      take: webhookTaker(config, auth),
      trustProxy: config.trustProxy,
      clock,
      log,
    }).handle,
    web,
    ready,
    log,
  });

  const stopListening = listenForAccess(database, logStream, log);
  await directory.start();
  const control = await startControlServer({
    socketPath: config.controlSocketPath,
    listen: config.controlListen,
    node,
    region,
    internalSecret: config.secrets.internal,
    directory,
    driver,
    lines: observation.hub,
    listTools: (target, era) =>
      smokeToolsList({ ...target, timeoutMs: limits.checks.smokeTimeoutMs, clock, ids, era }),
    callTool: (target, call) =>
      smokeToolCall({ ...target, ...call, timeoutMs: limits.checks.smokeTimeoutMs, clock, ids }),
    hostingCheck: createHostingCheck({
      directory,
      driver,
      reach,
      connect,
      publicUrl: config.publicUrl,
      ownUrl: () => ownUrl,
      internalSecret: config.secrets.internal,
      region,
      node,
      clock,
      ids,
      log,
    }),
    runtimeStatus: driver.status,
    logStreamLoad: logStream.status,
    log,
  });
  const port = await frontDoor.listen(config.port, config.host);
  ownUrl = ownUrlOf(config.host, port);
  const unregister = keepNodeRegistered(
    { database, clock, log },
    { node, region, controlAddress: control.address, ownUrl },
  );
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    frontDoor.stopListening();
    await canary.close();
    logStream.close();
    stopListening();
    await Promise.all([gateway.close(limits.mcp.drainMs), control.close(), unregister()]);
    await frontDoor.close(limits.frontDoor.drainMs);
    await driver.close(limits.frontDoor.drainMs);
    await directory.close();
    await observation.close();
    await tracing?.close();
    await database.close();
  };
  return {
    port,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Takes webhooks where payments are configured: what they say is committed before the provider is answered. */
function webhookTaker(config: Config, system: System) {
  if (config.stripe === null) return null;
  const provider = createStripeProvider(config.stripe);
  return (rawBody: Uint8Array, signature: string | undefined) =>
    takeWebhook(system, provider, rawBody, signature);
}

/**
 * Asks again who may watch as soon as somebody's rights change. Without the database it is asked by time only, so nobody
 * waits for the subscription. Answers how to stop.
 */
function listenForAccess(database: Database, logStream: LogStreamServer, log: Log): () => void {
  let isClosed = false;
  const recheck = (organizationId: string): void => {
    if (!isClosed) logStream.recheck(organizationId === "" ? undefined : organizationId);
  };
  // What was told before the subscription was made (again) is unknown: all are asked.
  listen(database.sql, CHANNELS.access, recheck, () => recheck("")).catch((error: unknown) => {
    if (!isClosed)
      log.warn({ err: error }, "cannot listen for changed rights; log viewers are checked by time only");
  });
  return () => {
    isClosed = true;
  };
}

function directoryOf(config: Config, database: Database, log: Log): RefreshingDirectory {
  const box = createSealedBox(config.secrets.encryption);
  return createServerDirectory({
    load: async () => {
      const [servers, entries, agents] = await Promise.all([
        loadDirectoryRows(database, box.unseal, (serverId, error) =>
          log.error({ err: error, serverId }, "the secrets of a server cannot be decrypted; it does not run"),
        ),
        loadGatewayEntries(database, clock.nowMs()),
        loadAgentEntries(database),
      ]);
      return { servers, agents, ...entries };
    },
    loadVersion: (server, named) => findPublishedVersion(database, server, named),
    listen: (onChange, onListening) => listen(database.sql, CHANNELS.configuration, onChange, onListening),
    clock,
    log,
  });
}

function ageProblemOf(directory: RefreshingDirectory): string | null {
  if (directory.asOfMs === 0) return "the servers have not been read yet";
  const ageMs = clock.nowMs() - directory.asOfMs;
  return ageMs > limits.mcp.directoryStaleMs ? `last read ${Math.round(ageMs / 1000)} s ago` : null;
}

async function webProblemOf(web: Pick<WebProxy, "isUp">): Promise<string | null> {
  return (await web.isUp(limits.frontDoor.readyCheckTimeoutMs)) ? null : "it does not accept connections";
}

function jobsProblemOf(host: RoleHost): string | null {
  const state = host.parts().jobs ?? "starting";
  return state === "ready" ? null : `it is ${state}`;
}

/** Where this edge itself is reached from its own machine, whatever stands before it. */
function ownUrlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/** A person on this machine may write either name of it into the address bar. */
function ownOrigins(publicUrl: string): string[] {
  const { origin, protocol, hostname, port } = new URL(publicUrl);
  if (hostname !== "127.0.0.1" && hostname !== "localhost" && hostname !== "[::1]") return [origin];
  return ["127.0.0.1", "localhost", "[::1]"].map((host) => new URL(`${protocol}//${host}:${port}`).origin);
}
