import os from "node:os";
import { z } from "zod";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const LABEL = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i;

const onOff = z
  .enum(["on", "off", "true", "false", "1", "0"], { error: "must be on or off" })
  .transform((value) => value === "on" || value === "true" || value === "1");
const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);
const label = z
  .string()
  .regex(LABEL, "must be up to 63 letters, digits, dots, hyphens or underscores, e.g. eu-west-1");
const secretText = z
  .string()
  .min(32, "must have at least 32 characters; `openssl rand -base64 48` makes a good one");

/** `a.internal=127.0.0.1:9000,b.internal=10.0.0.5:80` as an object. */
const egressHosts = z.string().transform((text, context) => {
  const hosts: Record<string, string> = {};
  for (const part of text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean)) {
    const [name = "", target = "", ...rest] = part.split("=").map((side) => side.trim());
    const port = Number(target.slice(target.lastIndexOf(":") + 1));
    const host = target.slice(0, Math.max(0, target.lastIndexOf(":")));
    const portIsValid = Number.isInteger(port) && port >= 1 && port <= 65_535;
    if (rest.length > 0 || !HOST_NAME.test(name) || host === "" || !portIsValid) {
      context.addIssue(`has an entry that is not name=host:port: ${part}`);
      return z.NEVER;
    }
    hosts[name] = target;
  }
  return hosts;
});

/** `https://a.example,https://b.example` as a list of origins; `*` alone is allowed. */
const origins = z.string().transform((text, context) => {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  for (const entry of entries) {
    if (entry === "*") continue;
    const isOrigin =
      URL.canParse(entry) && /^https?:/.test(entry) && new URL(entry).origin === entry.toLowerCase();
    if (isOrigin) continue;
    context.addIssue(`has an entry that is not an origin such as https://app.example.com: ${entry}`);
    return z.NEVER;
  }
  return entries;
});

const publicUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    context.addIssue("must be an http or https URL, e.g. https://mcp.example.com");
    return z.NEVER;
  }
  if (url.pathname !== "/" || url.search || url.hash || url.username) {
    context.addIssue("must be an origin without a path, e.g. https://mcp.example.com");
    return z.NEVER;
  }
  return url.origin;
});

/** `10.0.0.5:7001` or `[fd00::5]:7001`: an address of this machine that the others can name. */
const controlListen = z.string().transform((text, context) => {
  const [, host = "", digits = ""] = /^\[?([0-9a-z.:_-]+?)\]?:(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (host === "" || port < 1 || port > 65_535) {
    context.addIssue("must be host:port, e.g. 10.0.0.5:7001");
    return z.NEVER;
  }
  if (host === "0.0.0.0" || host === "::") {
    context.addIssue("must name an address that the other machines can reach, not all of them");
    return z.NEVER;
  }
  return { host, port };
});

const databaseUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^postgres(ql)?:$/.test(url.protocol);
}, "must be a PostgreSQL URL, e.g. postgres://user:password@host:5432/database");

const redisUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^rediss?:$/.test(url.protocol);
}, "must be a Redis URL, e.g. redis://host:6379");

/** Base URL of an OpenTelemetry collector, as the OpenTelemetry specification has it: `/v1/traces` is added to it. */
const collectorUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL, e.g. http://collector:4318" })
  .transform((text) => text.replace(/\/+$/, ""));

/** `name=value,other=value` with percent-encoded values, as OTEL_EXPORTER_OTLP_HEADERS has it. */
const collectorHeaders = z.string().transform((text, context) => {
  const headers: Record<string, string> = {};
  for (const part of text.split(",").filter((entry) => entry.trim() !== "")) {
    const [, name, value] = /^\s*([a-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*([!-~ ]*?)\s*$/i.exec(part) ?? [];
    if (name === undefined || value === undefined || /%(?![0-9a-f]{2})/i.test(value)) {
      context.addIssue(`has an entry that is not name=value: ${part.split("=")[0]}`);
      return z.NEVER;
    }
    headers[name.toLowerCase()] = decodeURIComponent(value);
  }
  return headers;
});

/** `1-5` or `22-4`: hours of the day in UTC, the last one exclusive. */
const quietHours = z.string().transform((text, context) => {
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  const hours = { from: Number(from), to: Number(to) };
  if (hours.from <= 23 && hours.to <= 24) return hours;
  context.addIssue("must be two hours of the day in UTC, e.g. 1-5 or 22-4");
  return z.NEVER;
});

/** 32 bytes as base64 (either alphabet) or 64 hexadecimal digits. */
const encryptionKey = z.string().transform((text, context) => {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64url");
  if (bytes.length === 32) return new Uint8Array(bytes);
  context.addIssue(
    "must be 32 bytes as base64 or as 64 hexadecimal digits; `openssl rand -hex 32` makes one",
  );
  return z.NEVER;
});

const defaultNode = () =>
  os
    .hostname()
    .replaceAll(/[^a-z0-9._-]/gi, "-")
    .slice(0, 63) || "node";

const stripeKey = z
  .string()
  .regex(
    /^(?:sk|rk)_(?:test|live)_[A-Za-z0-9_]{8,}$/,
    "must be a secret or restricted key of Stripe, sk_… or rk_…",
  );
const stripeWebhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9_+/=-]{8,}$/, "must be the signing secret of a webhook endpoint, whsec_…");

/** Another host that speaks Stripe's API: only one of this machine, for tests. */
const stripeApiBase = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && url.protocol === "http:" && url.hostname === "127.0.0.1" && url.pathname === "/")
    return url.origin;
  context.addIssue("is only for tests and must be http://127.0.0.1:port");
  return z.NEVER;
});

/** A mail server. */
const smtpUrl = z.string().refine((text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol), {
  error: "must be a URL such as smtps://user:password@mail.example.com:465",
});

/** The environment variables of the product. An empty variable counts as not set. */
export const Environment = z.object({
  NODE_ENV: z.string().default("development"),
  PORT: integer(1, 65_535).default(3000),
  HOST: z
    .string()
    .regex(/^[0-9a-z.:_-]+$/i, "must be an address or a host name, e.g. 127.0.0.1")
    .default("127.0.0.1"),
  MCPSTACK_PUBLIC_URL: publicUrl.optional(),
  MCPSTACK_DATA_DIR: z.string().default(".mcpstack"),
  DATABASE_URL: databaseUrl.optional(),
  REDIS_URL: redisUrl.optional(),
  MCPSTACK_DATABASE_CONNECTIONS_MAX: integer(1, 1000).default(10),
  MCPSTACK_REGION: label.default("local"),
  MCPSTACK_NODE: label.default(defaultNode),
  MCPSTACK_SAMPLE: onOff.optional(),
  MCPSTACK_SAMPLE_TRAFFIC: onOff.default(true),
  MCPSTACK_SECRET_AUTH: secretText.optional(),
  MCPSTACK_SECRET_ENCRYPTION: encryptionKey.optional(),
  MCPSTACK_SECRET_INTERNAL: secretText.optional(),
  MCPSTACK_CONTROL_LISTEN: controlListen.optional(),
  MCPSTACK_ALLOW_PRIVATE_UPSTREAMS: onOff.default(false),
  MCPSTACK_EGRESS_HOSTS: egressHosts.default({}),
  MCPSTACK_MCP_ORIGINS: origins.default([]),
  MCPSTACK_TRUST_PROXY: onOff.default(false),
  MCPSTACK_LOG_RETENTION_DAYS_MAX: z
    .enum(["0", "1", "7", "30", "90"], { error: "must be 0, 1, 7, 30 or 90" })
    .transform(Number)
    .default(90),
  MCPSTACK_SMTP_URL: smtpUrl.optional(),
  MCPSTACK_MAIL_FROM: z.string().max(320).optional(),
  MCPSTACK_PLANS_FILE: z.string().optional(),
  MCPSTACK_QUIET_HOURS: quietHours.default({ from: 1, to: 5 }),
  MCPSTACK_METRICS_TOKEN: secretText.optional(),
  STRIPE_SECRET_KEY: stripeKey.optional(),
  STRIPE_WEBHOOK_SECRET: stripeWebhookSecret.optional(),
  STRIPE_WEBHOOK_SECRET_NEXT: stripeWebhookSecret.optional(),
  STRIPE_API_BASE: stripeApiBase.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: collectorHeaders.default({}),
  MCPSTACK_LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}` })
    .default("info"),
});
