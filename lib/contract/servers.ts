import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Slug, Timestamp } from "./common.ts";

export const ServerKind = z.enum(["hosted", "connected"]);
export type ServerKind = z.infer<typeof ServerKind>;
export const ServerStatus = z.enum(["draft", "active", "inactive"]);
export type ServerStatus = z.infer<typeof ServerStatus>;
/** Who may use the direct URL: everyone who knows it, holders of a key of the server, or nobody. */
export const DirectAccess = z.enum(["public", "key", "off"]);
export type DirectAccess = z.infer<typeof DirectAccess>;
/** Days of history; 0 stores nothing: live only. */
export const RETENTION_DAYS = [0, 1, 7, 30, 90] as const;
export const RetentionDays = z.union([
  z.literal(0),
  z.literal(1),
  z.literal(7),
  z.literal(30),
  z.literal(90),
]);

export const CheckStatus = z.enum(["passed", "failed"]);
export const CheckSummary = z.object({
  id: z.string(),
  status: CheckStatus,
  at: Timestamp,
  toolCount: z.number().int().nullable(),
  error: z.string().nullable(),
});

export const Server = z.object({
  id: z.string(),
  slug: Slug,
  name: z.string(),
  description: z.string(),
  kind: ServerKind,
  status: ServerStatus,
  transport: z.literal("streamable-http"),
  /**
   * The active MCP URL: that of its gateway while it is attached to one, else the direct one. It answers only while
   * the server is active, and the direct one only as `directAccess` says.
   */
  mcpUrl: z.string(),
  /** `/mcp/{slug}`. While a gateway fronts the server only our own checks pass here. */
  directUrl: z.string(),
  gateway: z.object({ id: z.string(), name: z.string(), publicId: z.string() }).nullable(),
  directAccess: DirectAccess,
  retentionDays: RetentionDays,
  /** Whether the request log keeps what was said, redacted and capped. */
  recordBodies: z.boolean(),
  upstreamUrl: z.string().nullable(),
  activeVersion: z.object({ id: z.string(), semver: z.string(), publishedAt: Timestamp }).nullable(),
  toolCount: z.number().int().nullable(),
  lastSmoke: CheckSummary.nullable(),
  owner: z.string().nullable(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Server = z.infer<typeof Server>;

/** A server in a list, with what happened in the last 24 hours. */
export const ServerListItem = Server.extend({
  calls24h: z.number().int(),
  errorRate24h: z.number().nullable(),
  p95Ms24h: z.number().nullable(),
});
export type ServerListItem = z.infer<typeof ServerListItem>;

const Name = z.string().trim().min(1, "Give it a name.").max(100);
export const CreateServer = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("hosted"),
    name: Name,
    slug: Slug,
    description: z.string().max(1000).default(""),
  }),
  z.object({
    kind: z.literal("connected"),
    name: Name,
    slug: Slug,
    description: z.string().max(1000).default(""),
    upstreamUrl: z.url({ protocol: /^https?$/ }).max(2000),
  }),
]);
export const UpdateServer = z.object({
  name: Name.optional(),
  description: z.string().max(1000).optional(),
  directAccess: DirectAccess.optional(),
  retentionDays: RetentionDays.optional(),
  recordBodies: z.boolean().optional(),
  upstreamUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
});

export const Tool = z.object({
  name: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  inputSchema: z.record(z.string(), z.unknown()),
  outputSchema: z.record(z.string(), z.unknown()).nullable(),
  annotations: z.record(z.string(), z.unknown()).nullable(),
});
export type Tool = z.infer<typeof Tool>;
/** The tools as the last passed smoke saw them; `asOf` is null when none passed yet. */
export const ToolList = z.object({ tools: z.array(Tool), asOf: Timestamp.nullable() });
export type ToolList = z.infer<typeof ToolList>;

/** Environment variable names; values are write-only. */
export const EnvVarName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "Use letters, digits and underscores, not starting with a digit.");
/** A header that a connected server's upstream wants, lower-case; values are write-only. */
export const UpstreamHeaderName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "Use the characters of an HTTP header name.");
/** One tool call with a known answer that shows whether the server works. */
export const Canary = z.object({
  tool: z.string().min(1).max(200),
  arguments: z.record(z.string(), z.unknown()).default({}),
  /** Must occur in the text of the answer; null: any answer that is no error will do. */
  expectedText: z.string().min(1).max(1000).nullable().default(null),
  /** Seconds between runs; null: only before a version is published. */
  everySeconds: z
    .number()
    .int()
    .min(limits.checks.canarySecondsMin)
    .max(limits.checks.canarySecondsMax)
    .nullable()
    .default(null),
});
export type Canary = z.infer<typeof Canary>;
/** What a version must show before it serves, and what is watched while it does. */
export const CheckPolicy = z.object({
  /** Tools that tools/list must name. */
  expectedTools: z.array(z.string().min(1).max(200)).max(limits.checks.toolsMax).default([]),
  /** Whether the legacy and the modern era must both pass; else one is enough. */
  requireBothEras: z.boolean().default(false),
  canary: Canary.nullable().default(null),
});
export type CheckPolicy = z.infer<typeof CheckPolicy>;
export const ServerConfig = z.object({
  environment: z.array(z.object({ name: EnvVarName, updatedAt: Timestamp })),
  upstreamHeaders: z.array(z.object({ name: z.string(), updatedAt: Timestamp })),
  checks: CheckPolicy,
});
export type ServerConfig = z.infer<typeof ServerConfig>;
/** A string sets a variable or header, null removes it; what is not named stays. */
export const UpdateServerConfig = z.object({
  environment: z.record(EnvVarName, z.string().max(32_768).nullable()).optional(),
  upstreamHeaders: z
    .record(
      UpstreamHeaderName,
      z
        .string()
        .max(8_192)
        .regex(/^[\x20-\x7e]*$/, "A header value has visible characters and spaces only.")
        .nullable(),
    )
    .optional(),
  checks: CheckPolicy.optional(),
});
