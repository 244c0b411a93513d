import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { at, bytea } from "./columns.ts";
import { organizations } from "./organizations.ts";

/** A filter of a log that somebody gave a name. */
export const savedViews = pgTable(
  "saved_views",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull(),
    serverId: text("server_id").notNull(),
    /** `requests` or `console`. */
    log: text("log").notNull(),
    name: text("name").notNull(),
    /** The query string of the page, without the place in it. */
    query: text("query").notNull(),
    /** Seen by everybody in the organization, or by its maker only. */
    isShared: boolean("is_shared").notNull().default(false),
    createdBy: text("created_by").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("saved_views_name").on(
      table.organizationId,
      table.serverId,
      table.log,
      table.createdBy,
      sql`lower(${table.name})`,
    ),
  ],
);

/** Where an organization's logs are sent on: at least once, in the order in which they were stored. */
export const logDrains = pgTable(
  "log_drains",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    /** `http_ndjson` or `otlp_http`. */
    kind: text("kind").notNull(),
    url: text("url").notNull(),
    /** AES-256-GCM of a JSON object of headers; additional data is `organization/drain`. Null without any. */
    headers: bytea("headers"),
    /** Names of those headers, which may be shown. */
    headerNames: text("header_names").array().notNull().default(sql`'{}'`),
    /** `requests`, `console`, `upstream`. */
    logs: text("logs").array().notNull(),
    /** Null: of all servers. */
    serverIds: text("server_ids").array(),
    /** Rows of this level and above: 0 debug to 3 error. */
    levelMin: smallint("level_min").notNull().default(0),
    isEnabled: boolean("is_enabled").notNull().default(true),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull().default(sql`now()`),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
    deletedAt: at("deleted_at"),
    /** How it goes; written by the process that delivers. `caught_up_at`: when it last had nothing left to send. */
    caughtUpAt: at("caught_up_at"),
    lastDeliveredAt: at("last_delivered_at"),
    lastError: text("last_error"),
    lastErrorAt: at("last_error_at"),
    failuresInRow: integer("failures_in_row").notNull().default(0),
    nextAttemptAt: at("next_attempt_at"),
    deliveredRows: bigint("delivered_rows", { mode: "number" }).notNull().default(0),
    deadRows: bigint("dead_rows", { mode: "number" }).notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("log_drains_name")
      .on(table.organizationId, sql`lower(${table.name})`)
      .where(sql`deleted_at is null`),
  ],
);

/** How far a drain came in each log: everything up to (transaction, row) was delivered or is a dead letter. */
export const logDrainCursors = pgTable(
  "log_drain_cursors",
  {
    organizationId: text("organization_id").notNull(),
    drainId: text("drain_id").notNull(),
    log: text("log").notNull(),
    writtenTx: bigint("written_tx", { mode: "number" }).notNull(),
    rowId: uuid("row_id").notNull(),
    updatedAt: at("updated_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.drainId, table.log] }),
    foreignKey({
      columns: [table.organizationId, table.drainId],
      foreignColumns: [logDrains.organizationId, logDrains.id],
    }),
  ],
);

/** Rows that a sink refused for good, or that outlived every retry: by their ids, so that they can be sent again. */
export const logDrainDeadLetters = pgTable(
  "log_drain_dead_letters",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull(),
    drainId: text("drain_id").notNull(),
    log: text("log").notNull(),
    /** Ids of the rows. */
    rowIds: uuid("row_ids").array().notNull(),
    reason: text("reason").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("log_drain_dead_letters_drain").on(table.organizationId, table.drainId, table.id),
    foreignKey({
      columns: [table.organizationId, table.drainId],
      foreignColumns: [logDrains.organizationId, logDrains.id],
    }),
  ],
);
