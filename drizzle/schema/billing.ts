import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
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

const micros = (name: string) => bigint(name, { mode: "bigint" });

/** Versions of plans; a row never changes (a trigger refuses it). The newest effective one of a plan counts. */
export const planVersions = pgTable(
  "plan_versions",
  {
    plan: text("plan").notNull(),
    version: integer("version").notNull(),
    name: text("name").notNull(),
    /** The contract's `PlanCaps`. */
    caps: jsonb("caps").$type<Record<string, number>>().notNull(),
    perCallMicros: micros("per_call_micros").notNull(),
    per100MsMicros: micros("per_100ms_micros").notNull(),
    per64KibMicros: micros("per_64kib_micros").notNull(),
    effectiveAt: at("effective_at").notNull(),
    createdAt: at("created_at").notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.plan, table.version] })],
);

/** Credits that are being bought. */
export const checkoutSessions = pgTable(
  "checkout_sessions",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    /** The provider's id. */
    providerRef: text("provider_ref").unique(),
    amountMicros: micros("amount_micros").notNull(),
    /** `open`, `pending`, `paid`, `expired` or `failed`. */
    status: text("status").notNull(),
    url: text("url"),
    paymentId: text("payment_id"),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/**
 * What is known of one payment, as facts that only grow, so that the order and number of the provider's events cannot
 * change where it ends. What to claw back is computed from them.
 */
export const payments = pgTable(
  "payments",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    /** The provider's payment intent. */
    providerRef: text("provider_ref").notNull().unique(),
    /** `checkout` or `auto_top_up`. */
    origin: text("origin").notNull(),
    /** Granted; zero until the payment succeeded. */
    grantedMicros: micros("granted_micros").notNull().default(sql`0`),
    grantId: text("grant_id"),
    /** Refunds by id → {amountMicros, status}, as the provider last told them. */
    refunds: jsonb("refunds").$type<Record<string, unknown>>().notNull().default({}),
    /** The largest cumulative refunded amount that the provider told of the charge. */
    refundedMicros: micros("refunded_micros").notNull().default(sql`0`),
    /** Disputes by id → {amountMicros, withdrawnMicros, reinstatedMicros, status, toldAtMs}. */
    disputes: jsonb("disputes").$type<Record<string, unknown>>().notNull().default({}),
    /** Disputes and refunds by these facts, at most what was granted: what is to be clawed back. */
    targetMicros: micros("target_micros").notNull().default(sql`0`),
    /** Net clawed back in the ledger so far; equal to the target after every transaction. */
    postedMicros: micros("posted_micros").notNull().default(sql`0`),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

/** Events of the payment provider, each taken once; stored in the transaction of their effects. */
export const paymentEvents = pgTable(
  "payment_events",
  {
    provider: text("provider").notNull(),
    eventId: text("event_id").notNull(),
    organizationId: text("organization_id"),
    type: text("type").notNull(),
    /** The provider's payment or customer that it is about; what waits, waits for this. */
    objectId: text("object_id"),
    /** What of it is used, without any data of cards beyond brand, last digits and fingerprint. */
    payload: jsonb("payload").notNull(),
    /** `applied`, `ignored`, `waiting` (for a payment not yet known) or `failed`. */
    state: text("state").notNull(),
    message: text("message"),
    attempts: integer("attempts").notNull().default(1),
    createdAt: at("created_at").notNull(),
    receivedAt: at("received_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.eventId] }),
    index("payment_events_waiting").on(table.receivedAt).where(sql`state in ('waiting', 'failed')`),
    index("payment_events_organization").on(table.organizationId, table.receivedAt),
  ],
);

/** How an organization pays, and when it buys by itself. */
export const billingSettings = pgTable("billing_settings", {
  organizationId: text("organization_id")
    .primaryKey()
    .references(() => organizations.id),
  customerRef: text("customer_ref").unique(),
  paymentMethodRef: text("payment_method_ref"),
  /** Saved payment methods by id → {fingerprint, createdAtMs, isDetached, …}; the newest attached one is used. */
  paymentMethods: jsonb("payment_methods").$type<Record<string, unknown>>().notNull().default({}),
  /** Changes with the card: a new one closes the breaker. */
  paymentMethodFingerprint: text("payment_method_fingerprint"),
  alertThresholds: integer("alert_thresholds").array().notNull().default(sql`'{50,80,95,100}'`),
  topUpIsOn: boolean("top_up_is_on").notNull().default(false),
  topUpThresholdMicros: micros("top_up_threshold_micros"),
  topUpAmountUsd: integer("top_up_amount_usd"),
  topUpMonthlyMaxUsd: integer("top_up_monthly_max_usd"),
  topUpFailures: integer("top_up_failures").notNull().default(0),
  topUpStoppedAt: at("top_up_stopped_at"),
  topUpStopReason: text("top_up_stop_reason"),
  /** When an owner last let it try again: rests that began before are over. */
  topUpResumedAt: at("top_up_resumed_at"),
  updatedAt: at("updated_at").notNull().default(sql`now()`),
});

/** Tries to buy credits by itself. At most one of an organization is under way. */
export const topUpAttempts = pgTable(
  "top_up_attempts",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    amountUsd: integer("amount_usd").notNull(),
    providerRef: text("provider_ref"),
    /** `pending`, `succeeded` or `failed`. */
    status: text("status").notNull(),
    message: text("message"),
    startedAt: at("started_at").notNull(),
    endedAt: at("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("top_up_attempts_pending").on(table.organizationId).where(sql`status = 'pending'`),
  ],
);

/** Answers to requests that carried an Idempotency-Key, claimed in the transaction of their effect. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    organizationId: text("organization_id").notNull(),
    /** Who sent it, and to which verb. */
    actor: text("actor").notNull(),
    verb: text("verb").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the input. */
    hash: bytea("hash").notNull(),
    /** What the verb answered, sealed: it may hold a secret. */
    value: jsonb("value"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.actor, table.verb, table.key] }),
    index("idempotency_keys_age").on(table.createdAt),
  ],
);
