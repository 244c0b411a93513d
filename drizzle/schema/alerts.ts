import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { at, bytea } from "./columns.ts";
import { organizations } from "./organizations.ts";

/** Where an organization's alerts go. */
export const alertChannels = pgTable(
  "alert_channels",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    /** `webhook` or `email`. */
    kind: text("kind").notNull(),
    name: text("name").notNull(),
    target: text("target").notNull(),
    /** Signs webhooks; sealed. */
    secret: bytea("secret"),
    isOn: boolean("is_on").notNull().default(true),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull(),
    deletedAt: at("deleted_at"),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** What crossed a line. The key makes it durable once: a line is told once per period, whoever looks and how often. */
export const alerts = pgTable(
  "alerts",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    rule: text("rule").notNull(),
    scope: text("scope").notNull(),
    /** Percent; 0 for rules without one. */
    threshold: integer("threshold").notNull(),
    periodStart: at("period_start").notNull(),
    severity: text("severity").notNull(),
    title: text("title").notNull(),
    detail: text("detail").notNull(),
    path: text("path").notNull(),
    firedAt: at("fired_at").notNull(),
    /** The server that it is about; null for what concerns an agent or the organization. */
    serverId: text("server_id"),
    /** Of rules that look at a state: when it was over. */
    resolvedAt: at("resolved_at"),
    /** The contract's `AlertEnd`; null while it lasts. */
    endedAs: text("ended_as"),
    /** The incident that it opened or belongs to; null until one took it up. */
    incidentId: text("incident_id"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("alerts_once").on(
      table.organizationId,
      table.rule,
      table.scope,
      table.threshold,
      table.periodStart,
    ),
    index("alerts_unclaimed").on(table.firedAt).where(sql`incident_id is null`),
    index("alerts_incident").on(table.incidentId),
    /** About a server, for its open incidents. */
    index("alerts_server")
      .on(table.organizationId, table.serverId, table.firedAt)
      .where(sql`server_id is not null`),
    /** Of rules that look at states: what lasts right now, and in which of an organization. */
    index("alerts_lasting").on(table.rule, table.organizationId).where(sql`resolved_at is null`),
  ],
);

/** What an organization set differently of an alert rule. */
export const alertRuleSettings = pgTable(
  "alert_rule_settings",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    rule: text("rule").notNull(),
    isOn: boolean("is_on").notNull().default(true),
    /** E.g. `{"objective": 0.995}`; see the contract's `AlertRule`. */
    settings: jsonb("settings").notNull().default({}),
    updatedBy: text("updated_by"),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.rule] })],
);

/** The beginning of an alert, or its end, on its way to one channel. */
export const alertDeliveries = pgTable(
  "alert_deliveries",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    alertId: text("alert_id").notNull(),
    channelId: text("channel_id").notNull(),
    /** `begun` or `resolved`. */
    kind: text("kind").notNull().default("begun"),
    /** `waiting`, `delivered`, `failed` or `withheld`. */
    status: text("status").notNull(),
    attempts: integer("attempts").notNull().default(0),
    message: text("message"),
    nextAttemptAt: at("next_attempt_at"),
    createdAt: at("created_at").notNull(),
    endedAt: at("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("alert_deliveries_once").on(table.organizationId, table.alertId, table.channelId, table.kind),
    index("alert_deliveries_due").on(table.nextAttemptAt).where(sql`status = 'waiting'`),
  ],
);
