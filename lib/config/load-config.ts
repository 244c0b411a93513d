import { accessSync, constants, mkdirSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { type Config, ConfigError } from "./config.ts";
import { Environment } from "./environment.ts";
import { makeRunDirectory, runDirectoryOf } from "./run-directory.ts";
import { loadSecrets } from "./secrets.ts";

/**
 * The configuration from environment variables. Makes the data directory, the run directory and missing secrets.
 * Throws ConfigError with everything that is wrong at once.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = Environment.safeParse(set);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(describeIssue));
  const values = parsed.data;
  if (values.MCPSTACK_CONTROL_LISTEN && values.MCPSTACK_SECRET_INTERNAL === undefined)
    throw new ConfigError([
      "MCPSTACK_CONTROL_LISTEN needs MCPSTACK_SECRET_INTERNAL, the same on all machines: it is how they know each other.",
    ]);
  if (values.STRIPE_SECRET_KEY && values.STRIPE_WEBHOOK_SECRET === undefined)
    throw new ConfigError([
      "STRIPE_SECRET_KEY needs STRIPE_WEBHOOK_SECRET, the signing secret of the endpoint …/webhooks/stripe: without it payments would not become credits.",
    ]);
  const dataDir = path.resolve(values.MCPSTACK_DATA_DIR);
  const runDir = runDirectoryOf(dataDir);
  makeDataDirectory(dataDir);
  makeRunDirectory(runDir);
  const databaseUrl = values.DATABASE_URL ?? null;
  return {
    mode: values.NODE_ENV === "production" ? "production" : "development",
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.MCPSTACK_PUBLIC_URL ?? `http://${reachableHost(values.HOST)}:${values.PORT}`,
    dataDir,
    runDir,
    webSocketPath: path.join(runDir, "web.sock"),
    controlSocketPath: path.join(runDir, "control.sock"),
    controlListen: values.MCPSTACK_CONTROL_LISTEN ?? null,
    databaseUrl,
    redisUrl: values.REDIS_URL ?? null,
    databaseConnectionsMax: values.MCPSTACK_DATABASE_CONNECTIONS_MAX,
    region: values.MCPSTACK_REGION,
    node: values.MCPSTACK_NODE,
    sample: values.MCPSTACK_SAMPLE ?? databaseUrl === null,
    sampleTraffic: values.MCPSTACK_SAMPLE_TRAFFIC,
    secrets: loadSecrets(dataDir, {
      auth: values.MCPSTACK_SECRET_AUTH,
      encryption: values.MCPSTACK_SECRET_ENCRYPTION,
      internal: values.MCPSTACK_SECRET_INTERNAL,
    }),
    allowPrivateUpstreams: values.MCPSTACK_ALLOW_PRIVATE_UPSTREAMS,
    egressHosts: values.MCPSTACK_EGRESS_HOSTS,
    mcpOrigins: values.MCPSTACK_MCP_ORIGINS,
    trustProxy: values.MCPSTACK_TRUST_PROXY,
    logLevel: values.MCPSTACK_LOG_LEVEL,
    logRetentionDaysMax: values.MCPSTACK_LOG_RETENTION_DAYS_MAX,
    mail: mailOf(values),
    plansFile: values.MCPSTACK_PLANS_FILE === undefined ? null : path.resolve(values.MCPSTACK_PLANS_FILE),
    quietHours: values.MCPSTACK_QUIET_HOURS,
    metricsToken: values.MCPSTACK_METRICS_TOKEN ?? null,
    stripe: stripeOf(values),
    traces:
      values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { url: values.OTEL_EXPORTER_OTLP_ENDPOINT, headers: values.OTEL_EXPORTER_OTLP_HEADERS },
  };
}

/** Without a sender of its own, mail comes from the address that signs in to the mail server. */
function mailOf(
  values: Pick<z.output<typeof Environment>, "MCPSTACK_SMTP_URL" | "MCPSTACK_MAIL_FROM">,
): Config["mail"] {
  const { MCPSTACK_SMTP_URL: url, MCPSTACK_MAIL_FROM: from } = values;
  if (url === undefined) return null;
  const { username, hostname } = new URL(url);
  const user = decodeURIComponent(username);
  return { url, from: from ?? (user.includes("@") ? user : `mcpstack@${hostname}`) };
}

/** The environment variables from which `loadConfig` makes `config` again: how the supervisor tells its children. */
export function environmentOf(config: Config): Record<string, string> {
  const onOff = (value: boolean) => (value ? "on" : "off");
  return {
    NODE_ENV: config.mode,
    HOST: config.host,
    PORT: String(config.port),
    MCPSTACK_PUBLIC_URL: config.publicUrl,
    MCPSTACK_DATA_DIR: config.dataDir,
    DATABASE_URL: config.databaseUrl ?? "",
    REDIS_URL: config.redisUrl ?? "",
    MCPSTACK_DATABASE_CONNECTIONS_MAX: String(config.databaseConnectionsMax),
    MCPSTACK_REGION: config.region,
    MCPSTACK_NODE: config.node,
    MCPSTACK_SAMPLE: onOff(config.sample),
    MCPSTACK_SAMPLE_TRAFFIC: onOff(config.sampleTraffic),
    MCPSTACK_SECRET_AUTH: config.secrets.auth,
    MCPSTACK_SECRET_ENCRYPTION: Buffer.from(config.secrets.encryption).toString("base64url"),
    MCPSTACK_SECRET_INTERNAL: config.secrets.internal,
    MCPSTACK_CONTROL_LISTEN: config.controlListen ? addressText(config.controlListen) : "",
    MCPSTACK_ALLOW_PRIVATE_UPSTREAMS: onOff(config.allowPrivateUpstreams),
    MCPSTACK_EGRESS_HOSTS: Object.entries(config.egressHosts)
      .map(([name, target]) => `${name}=${target}`)
      .join(","),
    MCPSTACK_MCP_ORIGINS: config.mcpOrigins.join(","),
    MCPSTACK_TRUST_PROXY: onOff(config.trustProxy),
    MCPSTACK_LOG_LEVEL: config.logLevel,
    MCPSTACK_LOG_RETENTION_DAYS_MAX: String(config.logRetentionDaysMax),
    MCPSTACK_SMTP_URL: config.mail?.url ?? "",
    MCPSTACK_MAIL_FROM: config.mail?.from ?? "",
    MCPSTACK_PLANS_FILE: config.plansFile ?? "",
    MCPSTACK_QUIET_HOURS: `${config.quietHours.from}-${config.quietHours.to}`,
    MCPSTACK_METRICS_TOKEN: config.metricsToken ?? "",
    STRIPE_SECRET_KEY: config.stripe?.secretKey ?? "",
    STRIPE_WEBHOOK_SECRET: config.stripe?.webhookSecrets[0] ?? "",
    STRIPE_WEBHOOK_SECRET_NEXT: config.stripe?.webhookSecrets[1] ?? "",
    STRIPE_API_BASE: config.stripe?.apiBase ?? "",
    OTEL_EXPORTER_OTLP_ENDPOINT: config.traces?.url ?? "",
    OTEL_EXPORTER_OTLP_HEADERS: Object.entries(config.traces?.headers ?? {})
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join(","),
  };
}

function stripeOf(values: z.output<typeof Environment>): Config["stripe"] {
  if (values.STRIPE_SECRET_KEY === undefined) return null;
  return {
    secretKey: values.STRIPE_SECRET_KEY,
    webhookSecrets: [values.STRIPE_WEBHOOK_SECRET, values.STRIPE_WEBHOOK_SECRET_NEXT].filter(
      (secret) => secret !== undefined,
    ),
    apiBase: values.STRIPE_API_BASE ?? null,
  };
}

const addressText = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

const describeIssue = (issue: z.core.$ZodIssue): string => `${issue.path.join(".")} ${issue.message}`;

/** A wildcard address is where to listen, not where to go. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function makeDataDirectory(dataDir: string): void {
  try {
    // Others may pass through, not look: the embedded database may have to run as another user than root.
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ConfigError([
      `MCPSTACK_DATA_DIR ${dataDir} cannot be used: ${(error as Error).message}. Choose a directory that this user may write.`,
    ]);
  }
}
