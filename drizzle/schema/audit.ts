import { sql } from "drizzle-orm";
import { jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { at } from "./columns.ts";

/**
 * Who changed what. Written in the same transaction as the change. No foreign keys: the record outlives what it
 * names. `organization_id` is empty for what happens before there is an organization.
 */
export const auditLog = pgTable(
  "audit_log",
  {
    /** UUIDv7: its order is the order of time. */
    id: uuid("id").notNull(),
    organizationId: text("organization_id").notNull(),
    /** `user:usr_…`, `apiToken:key_…` or `system:<role>`. */
    actor: text("actor").notNull(),
    /** The verb's name, e.g. `server.create`. */
    action: text("action").notNull(),
    entity: text("entity").notNull(),
    entityId: text("entity_id"),
    before: jsonb("before"),
    after: jsonb("after"),
    requestId: text("request_id"),
    at: at("at").notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);
