import { sql } from "drizzle-orm";
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { at, bytea } from "./columns.ts";
import { organizations } from "./organizations.ts";

export const servers = pgTable(
  "servers",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    /** Unique across all organizations: it is part of the public MCP URL. */
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    description: text("description").notNull().default(""),
    kind: text("kind").notNull(),
    status: text("status").notNull().default("draft"),
    directAccess: text("direct_access").notNull().default("public"),
    retentionDays: integer("retention_days").notNull().default(7),
    /** Whether the request log keeps what was said, redacted and capped, not only that it was said. */
    recordBodies: boolean("record_bodies").notNull().default(false),
    upstreamUrl: text("upstream_url"),
    /** What must hold before a version serves, and the canary: see the contract's `CheckPolicy`. */
    checkPolicy: jsonb("check_policy").notNull().default({}),
    activeVersionId: text("active_version_id"),
    publishedAt: at("published_at"),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    deletedAt: at("deleted_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("servers_slug").on(table.slug).where(sql`deleted_at is null`),
    /** Who had a slug lately: it is not given to another organization at once. */
    index("servers_deleted_slug").on(table.slug).where(sql`deleted_at is not null`),
  ],
);

/** The modules of a version, content-addressed: the same bundle is stored once per organization. */
export const bundles = pgTable(
  "bundles",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    /** SHA-256 over the module names and contents, hexadecimal. */
    sha256: text("sha256").notNull(),
    /** Name of the module that exports the fetch handler. */
    mainModule: text("main_module").notNull(),
    /** zlib-deflated JSON `{[moduleName]: source}`. */
    modules: bytea("modules").notNull(),
    bytes: integer("bytes").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.sha256] })],
);

/** An immutable release of a hosted server. */
export const serverVersions = pgTable(
  "server_versions",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull(),
    serverId: text("server_id").notNull(),
    semver: text("semver").notNull(),
    sha256: text("sha256").notNull(),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    /** When it first passed the gate and served; only such versions have a URL of their own. */
    publishedAt: at("published_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("server_versions_semver").on(table.organizationId, table.serverId, table.semver),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.sha256],
      foreignColumns: [bundles.organizationId, bundles.sha256],
    }),
  ],
);

/** Environment variables of hosted code. */
export const serverEnvironment = pgTable(
  "server_environment",
  {
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    name: text("name").notNull(),
    /** AES-256-GCM: 12-byte nonce, ciphertext, 16-byte tag; additional data is `organization/server/name`. */
    ciphertext: bytea("ciphertext").notNull(),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.serverId, table.name] }),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);

/** Headers that a connected server's upstream wants from us, e.g. `authorization`. */
export const serverUpstreamHeaders = pgTable(
  "server_upstream_headers",
  {
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    /** Lower-case. */
    name: text("name").notNull(),
    /** Sealed as in `server_environment`; additional data is `organization/server/header/name`. */
    ciphertext: bytea("ciphertext").notNull(),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.serverId, table.name] }),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);

/** One publish, rollback, restart, activation or deactivation. */
export const operations = pgTable(
  "operations",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull(),
    serverId: text("server_id").notNull(),
    kind: text("kind").notNull(),
    state: text("state").notNull(),
    versionId: text("version_id"),
    /** The version that served when it began. */
    previousVersionId: text("previous_version_id"),
    actor: text("actor").notNull(),
    steps: jsonb("steps").notNull().default([]),
    /** What happened, line by line, bounded: see the contract's `OperationLogLine`. */
    log: jsonb("log").notNull().default([]),
    error: text("error"),
    requestId: text("request_id"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    startedAt: at("started_at"),
    finishedAt: at("finished_at"),
    /** The process that runs it says so now and then; one that falls silent has ended. */
    heartbeatAt: at("heartbeat_at"),
    /** When its switch was committed; what comes after it only waits. */
    switchedAt: at("switched_at"),
    /** Somebody asked to stop it before its switch. */
    cancelRequestedAt: at("cancel_requested_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    /** The operations of a server, newest first (ids sort by time). */
    index("operations_server").on(table.serverId, table.id),
    /** One operation at a time per server. */
    uniqueIndex("operations_running")
      .on(table.organizationId, table.serverId)
      .where(sql`state in ('queued', 'running')`),
    /** What waits for a worker, oldest first. */
    index("operations_queued").on(table.id).where(sql`state = 'queued'`),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);

/** Smoke tests and their results. */
export const checkRuns = pgTable(
  "check_runs",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull(),
    serverId: text("server_id").notNull(),
    /** `tools-list`, `tool-call`, `hosting` or `canary`. */
    kind: text("kind").notNull(),
    status: text("status").notNull(),
    tool: text("tool"),
    toolCount: integer("tool_count"),
    durationMs: real("duration_ms").notNull(),
    error: text("error"),
    /** The whole result as answered to the caller, bounded. */
    result: jsonb("result").notNull(),
    actor: text("actor").notNull(),
    requestId: uuid("request_id"),
    checkedAt: at("checked_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    /** The checks of a server, newest first, and the last smoke of each kind. */
    index("check_runs_server").on(table.serverId, table.kind, table.id),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);

/** The tools of a server over time: one row whenever they differ from the row before. */
export const toolSnapshots = pgTable(
  "tool_snapshots",
  {
    organizationId: text("organization_id").notNull(),
    /** UUIDv7: its order is the order of time. */
    id: uuid("id").notNull(),
    serverId: text("server_id").notNull(),
    /** The version that listed them; null for connected servers. */
    versionId: text("version_id"),
    /** SHA-256 of the canonical JSON of the tools, hexadecimal. */
    sha256: text("sha256").notNull(),
    tools: jsonb("tools").notNull(),
    toolCount: integer("tool_count").notNull(),
    seenAt: at("seen_at").notNull(),
    lastSeenAt: at("last_seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("tool_snapshots_server").on(table.serverId, table.id),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);

/** The tools a server had when tools/list last passed. */
export const serverTools = pgTable(
  "server_tools",
  {
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    tools: jsonb("tools").notNull(),
    toolCount: integer("tool_count").notNull(),
    seenAt: at("seen_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.serverId] }),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);
