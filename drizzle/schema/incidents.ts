import { sql } from "drizzle-orm";
import {
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { at, bytea } from "./columns.ts";
import { organizations } from "./organizations.ts";

/**
 * Something that is wrong, from the first sign until it is over. What it is about has no foreign keys: servers, agents
 * and calls may go before it does.
 */
export const incidents = pgTable(
  "incidents",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    number: integer("number").notNull(),
    title: text("title").notNull(),
    /** The contract's `IncidentStatus`. */
    status: text("status").notNull().default("open"),
    severity: text("severity").notNull(),
    origin: text("origin").notNull(),
    symptom: text("symptom"),
    serverId: text("server_id"),
    agentId: text("agent_id"),
    tool: text("tool"),
    client: text("client"),
    requestId: text("request_id"),
    at: at("at").notNull(),
    windowFrom: at("window_from").notNull(),
    windowTo: at("window_to").notNull(),
    /** What makes another one about the same a duplicate; null: nothing does. */
    dedupKey: text("dedup_key"),
    ownerId: text("owner_id"),
    mergedInto: text("merged_into"),
    /** Of its newest diagnosis; `pending` before the first. */
    diagnosisStatus: text("diagnosis_status").notNull().default("pending"),
    headline: text("headline").notNull().default(""),
    verdict: text("verdict"),
    /** `{verdict, note, by: {id, name}, at}`: what a person decided over it. */
    override: jsonb("override"),
    /** Rechecks in a row that were green; null for incidents that people end. */
    greenChecks: integer("green_checks"),
    recheckedAt: at("rechecked_at"),
    openedBy: text("opened_by").notNull(),
    openedAt: at("opened_at").notNull(),
    updatedAt: at("updated_at").notNull(),
    resolvedAt: at("resolved_at"),
    resolution: text("resolution"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("incidents_number").on(table.organizationId, table.number),
    /** One open incident about the same. */
    uniqueIndex("incidents_once")
      .on(table.organizationId, table.dedupKey)
      .where(sql`dedup_key is not null and status in ('open', 'investigating')`),
    /** What is open, in all organizations: the sweep looks at it. */
    index("incidents_open").on(table.updatedAt).where(sql`status in ('open', 'investigating')`),
    index("incidents_server").on(table.organizationId, table.serverId, table.id),
  ],
);

/** A diagnosis with the evidence that it was made from. */
export const incidentEvidence = pgTable(
  "incident_evidence",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    incidentId: text("incident_id").notNull(),
    /** zlib-deflated canonical JSON of the contract's `Evidence`. */
    evidence: bytea("evidence").notNull(),
    /** Canonical JSON of the contract's `Diagnosis`: text, so that its bytes stay. */
    diagnosis: text("diagnosis").notNull(),
    sha256: text("sha256").notNull(),
    collectedAt: at("collected_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("incident_evidence_incident").on(table.incidentId, table.id),
    foreignKey({
      columns: [table.organizationId, table.incidentId],
      foreignColumns: [incidents.organizationId, incidents.id],
    }),
  ],
);

/** What happened in an incident, in the order of time; nothing here is changed. */
export const incidentEvents = pgTable(
  "incident_events",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    incidentId: text("incident_id").notNull(),
    kind: text("kind").notNull(),
    at: at("at").notNull(),
    /** As in the audit log; null: nobody in particular. */
    actor: text("actor"),
    text: text("text").notNull(),
    stage: text("stage"),
    path: text("path"),
    /** What it tells about, e.g. an alert's or an operation's id: told once. */
    subjectId: text("subject_id"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("incident_events_incident").on(table.incidentId, table.id),
    uniqueIndex("incident_events_once")
      .on(table.organizationId, table.incidentId, table.kind, table.subjectId)
      .where(sql`subject_id is not null`),
    foreignKey({
      columns: [table.organizationId, table.incidentId],
      foreignColumns: [incidents.organizationId, incidents.id],
    }),
  ],
);

/** Links to a report for people without an account. */
export const incidentShares = pgTable(
  "incident_shares",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    incidentId: text("incident_id").notNull(),
    /** SHA-256 of the token in the link, hexadecimal. */
    tokenHash: text("token_hash").notNull().unique(),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull(),
    expiresAt: at("expires_at").notNull(),
    revokedAt: at("revoked_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("incident_shares_incident").on(table.incidentId),
    foreignKey({
      columns: [table.organizationId, table.incidentId],
      foreignColumns: [incidents.organizationId, incidents.id],
    }),
  ],
);
