import { sql } from "drizzle-orm";
import { foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { at } from "./columns.ts";
import { organizations } from "./organizations.ts";
import { servers } from "./servers.ts";

/** A reusable access profile: how callers prove who they are, and how much they may call. */
export const gateways = pgTable(
  "gateways",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    name: text("name").notNull(),
    /** Of `public`, `key`, `oauth`; several may be on. */
    access: text("access").array().notNull(),
    /** `manual`: an authorization server that somebody set up; `none`: no OAuth. */
    providerType: text("provider_type").notNull().default("none"),
    /** The issuer of access tokens. */
    authorizationServerUrl: text("authorization_server_url"),
    /** Where its keys are; null: its metadata says so. */
    jwksUrl: text("jwks_url"),
    /** The client that the organization registered there, shown to people who connect. */
    clientId: text("client_id"),
    /** The audience that tokens must name; null: the public URL of the attachment. */
    resource: text("resource"),
    /** Every token must carry all of these. */
    scopes: text("scopes").array().notNull().default(sql`'{}'`),
    /** Of one principal on one server through this gateway; null: no limit. */
    callsPerMinuteMax: integer("calls_per_minute_max"),
    concurrentMax: integer("concurrent_max"),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    deletedAt: at("deleted_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    /** A name leads to one gateway, however it is written. */
    uniqueIndex("gateways_name")
      .on(table.organizationId, sql`lower(${table.name})`)
      .where(sql`deleted_at is null`),
  ],
);

/** A server behind a gateway, with the public URL `/gateway/{publicId}/mcp`. A server is behind one gateway at most. */
export const gatewayServers = pgTable(
  "gateway_servers",
  {
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    gatewayId: text("gateway_id").notNull(),
    publicId: text("public_id").notNull().unique(),
    attachedBy: text("attached_by"),
    attachedAt: at("attached_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.serverId] }),
    index("gateway_servers_gateway").on(table.gatewayId),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.gatewayId],
      foreignColumns: [gateways.organizationId, gateways.id],
    }),
  ],
);

/**
 * Whose a public id is: it is part of a URL that stays in clients, so what one organization has used is never another's,
 * whatever became of the server.
 */
export const publicIds = pgTable("public_ids", {
  publicId: text("public_id").primaryKey(),
  organizationId: text("organization_id")
    .notNull()
    .references(() => organizations.id),
  firstUsedAt: at("first_used_at").notNull().default(sql`now()`),
});

/** Keys that callers present: of a gateway, of the direct URL of one server, or of an agent. Exactly one of them is set. */
export const accessKeys = pgTable(
  "access_keys",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    gatewayId: text("gateway_id"),
    serverId: text("server_id"),
    agentId: text("agent_id"),
    /** `external` or `embed`: the traffic source of its callers; an agent's is `agent`. */
    use: text("use").notNull().default("external"),
    name: text("name").notNull(),
    /** The first characters of the secret, for recognition. */
    prefix: text("prefix").notNull(),
    /** SHA-256 of the secret, hexadecimal. The secret has 256 random bits, so a plain hash is enough. */
    hash: text("hash").notNull(),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    /** Written at most once a minute. */
    lastUsedAt: at("last_used_at"),
    expiresAt: at("expires_at"),
    revokedAt: at("revoked_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("access_keys_hash").on(table.hash),
    index("access_keys_gateway").on(table.gatewayId),
    index("access_keys_server").on(table.serverId),
    index("access_keys_agent").on(table.agentId),
    foreignKey({
      columns: [table.organizationId, table.gatewayId],
      foreignColumns: [gateways.organizationId, gateways.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);

/** Who may call which tools of which server through a gateway. What no grant allows is denied. */
export const grants = pgTable(
  "grants",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    gatewayId: text("gateway_id").notNull(),
    /** `everyone`, `key`, `agent`, `oauth_subject` or `oauth_claim`. */
    subjectKind: text("subject_kind").notNull(),
    /** Name of the claim; of `oauth_claim` only. */
    subjectClaim: text("subject_claim"),
    /** Id of the key or agent, the token's `sub`, or the claim's value; null for everyone. */
    subjectValue: text("subject_value"),
    /** Null: every server behind the gateway, also those attached later. */
    serverId: text("server_id"),
    /** Tool names; `*` stands for any characters. */
    tools: text("tools").array().notNull(),
    /** Of one principal under this grant; null: no limit. */
    callsPerMinuteMax: integer("calls_per_minute_max"),
    concurrentMax: integer("concurrent_max"),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("grants_gateway").on(table.gatewayId),
    foreignKey({
      columns: [table.organizationId, table.gatewayId],
      foreignColumns: [gateways.organizationId, gateways.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);
