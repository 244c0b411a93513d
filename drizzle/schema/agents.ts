import { sql } from "drizzle-orm";
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { at } from "./columns.ts";
import { organizations } from "./organizations.ts";
import { servers } from "./servers.ts";

/** A caller identity that the organization owns, with its budget. Amounts in micro-USD; null: no cap. */
export const agents = pgTable(
  "agents",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    name: text("name").notNull(),
    description: text("description").notNull().default(""),
    /** Null while it runs: `by_hand` or `loop_suspected`. */
    pauseReason: text("pause_reason"),
    pausedAt: at("paused_at"),
    pauseNote: text("pause_note"),
    monthlyCapMicros: bigint("monthly_cap_micros", { mode: "bigint" }),
    defaultUserCapMicros: bigint("default_user_cap_micros", { mode: "bigint" }),
    anonymousUserCapMicros: bigint("anonymous_user_cap_micros", { mode: "bigint" }),
    sessionCapMicros: bigint("session_cap_micros", { mode: "bigint" }),
    /** End user → cap in micros, as decimal strings. */
    userCaps: jsonb("user_caps").$type<Record<string, string>>().notNull().default({}),
    /** `deny` or `grace`. */
    onUnavailable: text("on_unavailable").notNull().default("deny"),
    loopCallsPerMinuteMax: integer("loop_calls_per_minute_max").default(60),
    alertThresholds: integer("alert_thresholds").array().notNull().default(sql`'{50,80,95,100}'`),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    deletedAt: at("deleted_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    /** A name leads to one agent, however it is written. */
    uniqueIndex("agents_name")
      .on(table.organizationId, sql`lower(${table.name})`)
      .where(sql`deleted_at is null`),
  ],
);

/** Servers that an agent may call. */
export const agentServers = pgTable(
  "agent_servers",
  {
    organizationId: text("organization_id").notNull(),
    agentId: text("agent_id").notNull(),
    serverId: text("server_id").notNull(),
    attachedBy: text("attached_by"),
    attachedAt: at("attached_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.agentId, table.serverId] }),
    index("agent_servers_server").on(table.serverId),
    foreignKey({
      columns: [table.organizationId, table.agentId],
      foreignColumns: [agents.organizationId, agents.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.serverId],
      foreignColumns: [servers.organizationId, servers.id],
    }),
  ],
);
