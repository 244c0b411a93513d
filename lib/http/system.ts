import { type AuthSystem, authSettings } from "#lib/auth/index.ts";
import { type Config, loadConfig } from "#lib/config/index.ts";
import { createSealedBox } from "#lib/crypto/index.ts";
import { type Database, openDatabase } from "#lib/db/index.ts";
import type { Doors, Log } from "#lib/domain/access/index.ts";
import { listExpectedNodes } from "#lib/domain/nodes/index.ts";
import { createStripeProvider } from "#lib/domain/payments/index.ts";
import { createFleetControl } from "#lib/edge-control/fleet-control.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { createLog } from "#lib/telemetry/index.ts";
import { createMailer } from "./mailer.ts";
import { createPublicFetch } from "./public-fetch.ts";

/** The system of the web process, with its configuration for adapters; domain code sees only `System`. */
export interface WebSystem extends AuthSystem {
  readonly config: Config;
}

const KEY = Symbol.for("mcpstack.web-system");
const holder = globalThis as { [KEY]?: WebSystem };

/** The one system of this process. On globalThis, because Next may load this module more than once. */
export function getSystem(): WebSystem {
  holder[KEY] ??= createWebSystem(loadConfig());
  return holder[KEY];
}

/** Closes the system if one was made; the next `getSystem` makes a new one. */
export async function closeSystem(): Promise<void> {
  const system = holder[KEY];
  holder[KEY] = undefined;
  await system?.database.close();
}

/** Builds a system from a configuration. Opens no connection yet. */
export function createWebSystem(config: Config, processName = "web"): WebSystem {
  if (config.databaseUrl === null)
    throw new Error("The web process needs DATABASE_URL; start it through server/main.ts.");
  const database = openDatabase({
    url: config.databaseUrl,
    connectionsMax: config.databaseConnectionsMax,
    applicationName: `mcpstack-${processName}`,
  });
  const log = createLog({ name: processName, level: config.logLevel });
  return {
    config,
    database,
    clock: systemClock,
    ids: createIdSource(systemClock.nowMs),
    log,
    doors: createDoors(config, database, log),
    auth: authSettings(config.secrets.auth, config.publicUrl),
  };
}

/** The world outside the domain, as the control plane reaches it: all edges, this one's front door, and the vault key. */
export function createDoors(config: Config, database: Database, log: Log): Doors {
  const box = createSealedBox(config.secrets.encryption);
  const edgeHost = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  const edgeOrigin = `http://${edgeHost.includes(":") ? `[${edgeHost}]` : edgeHost}:${config.port}`;
  return {
    runtime: createFleetControl({
      nodes: () => listExpectedNodes({ database, clock: systemClock }),
      internalSecret: config.secrets.internal,
      fallback: {
        node: config.node,
        region: config.region,
        controlAddress: `unix:${config.controlSocketPath}`,
        isSilent: false,
      },
      onProblem: (node, error) => log.warn({ err: error, node }, "an edge did not answer"),
    }),
    payments: config.stripe === null ? null : createStripeProvider(config.stripe),
    dashboardUrl: (path) => `${config.publicUrl}${path}`,
    logRetentionDaysMax: config.logRetentionDaysMax,
    mcpUrl: (slug) => `${config.publicUrl}/mcp/${slug}`,
    gatewayUrl: (publicId) => `${config.publicUrl}/gateway/${publicId}/mcp`,
    internalMcp: (slug, source) => ({
      url: `${edgeOrigin}/mcp/${slug}`,
      headers: { "x-mcpstack-source": source, "x-mcpstack-internal": config.secrets.internal },
    }),
    agentMcp: ({ slug, publicId }, source, agentId) => ({
      url: `${edgeOrigin}${publicId === null ? `/mcp/${slug}` : `/gateway/${publicId}/mcp`}`,
      headers: {
        "x-mcpstack-source": source,
        "x-mcpstack-internal": config.secrets.internal,
        "x-mcpstack-as-agent": agentId,
      },
    }),
    publicFetch: createPublicFetch({
      ownOrigin: new URL(config.publicUrl).origin,
      allowPrivate: config.allowPrivateUpstreams,
      aliases: config.egressHosts,
    }),
    mail: config.mail === null ? null : createMailer(config.mail),
    seal: box.seal,
    unseal: box.unseal,
  };
}
