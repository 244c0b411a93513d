import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { at, bytea } from "./columns.ts";
import { organizations } from "./organizations.ts";

const micros = (name: string) => bigint(name, { mode: "bigint" });

/**
 * The books of an organization: double entry, append-only. All amounts are micro-USD. The accounts of one organization
 * sum to zero on their own, so organizations never wait for each other. `debt` is zero or below: what is owed.
 * Whoever moves money locks all accounts of the organization first, ordered by kind. Rows of `ledger_txs` and
 * `ledger_entries` never change: triggers of the migration refuse it, and check that each transaction sums to zero.
 */
export const ledgerAccounts = pgTable(
  "ledger_accounts",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    /** The contract's `AccountKind`. */
    kind: text("kind").notNull(),
    balanceMicros: micros("balance_micros").notNull().default(sql`0`),
    /** Number of entries so far. */
    version: bigint("version", { mode: "number" }).notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.kind] }),
    check(
      "ledger_accounts_floor",
      sql`kind not in ('available', 'held', 'consumed', 'expired', 'refunded') or balance_micros >= 0`,
    ),
    check("ledger_accounts_debt", sql`kind <> 'debt' or balance_micros <= 0`),
  ],
);

export const ledgerTxs = pgTable(
  "ledger_txs",
  {
    organizationId: text("organization_id").notNull(),
    /** UUIDv7. */
    id: uuid("id").notNull(),
    /** The contract's `TxType`. */
    type: text("type").notNull(),
    /** What it did to `available + held`, and what these were after it. */
    amountMicros: micros("amount_micros").notNull(),
    balanceAfterMicros: micros("balance_after_micros").notNull(),
    /** The same key again is the same transaction; with another hash it is refused. */
    idemKey: text("idem_key").notNull(),
    idemHash: bytea("idem_hash").notNull(),
    /** What it came from: `lease`, `checkout`, `payment_event`, `api`, `edge`, … and its id. */
    sourceKind: text("source_kind").notNull(),
    sourceId: text("source_id"),
    reversesTxId: uuid("reverses_tx_id").unique(),
    /** Of use: the agent (empty: none) and how many events it pays for. */
    agentId: text("agent_id"),
    eventCount: integer("event_count").notNull().default(0),
    priceVersion: text("price_version"),
    actor: text("actor").notNull(),
    reason: text("reason"),
    effectiveAt: at("effective_at").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("ledger_txs_idem").on(table.organizationId, table.idemKey),
    /** What people read: without setting aside and giving back. */
    index("ledger_txs_shown").on(table.organizationId, table.id).where(sql`type not in ('lease', 'release')`),
    index("ledger_txs_agent")
      .on(table.organizationId, table.agentId, table.id)
      .where(sql`agent_id is not null`),
    index("ledger_txs_payment").on(table.organizationId, table.sourceId).where(sql`source_kind = 'payment'`),
  ],
);

export const ledgerEntries = pgTable(
  "ledger_entries",
  {
    organizationId: text("organization_id").notNull(),
    txId: uuid("tx_id").notNull(),
    line: smallint("line").notNull(),
    kind: text("kind").notNull(),
    amountMicros: micros("amount_micros").notNull(),
    /** The account's version and balance after this entry. */
    accountVersion: bigint("account_version", { mode: "number" }).notNull(),
    balanceAfterMicros: micros("balance_after_micros").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.txId, table.line] }),
    uniqueIndex("ledger_entries_version").on(table.organizationId, table.kind, table.accountVersion),
    check("ledger_entries_amount", sql`amount_micros <> 0`),
  ],
);

/** Credits that came in together, and what is left of them. Used in the order priority, expiry, kind, time. */
export const creditGrants = pgTable(
  "credit_grants",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id),
    id: text("id").notNull().unique(),
    /** `plan`, `promo`, `purchase`, `refund` or `manual`. */
    kind: text("kind").notNull(),
    /** Low ones are used first. */
    priority: smallint("priority").notNull(),
    effectiveAt: at("effective_at").notNull(),
    expiresAt: at("expires_at"),
    amountMicros: micros("amount_micros").notNull(),
    remainingMicros: micros("remaining_micros").notNull(),
    /** What brought them in. */
    txId: uuid("tx_id").notNull(),
    /** The payment of purchased ones. */
    paymentId: text("payment_id"),
    voidedAt: at("voided_at"),
    reason: text("reason"),
    createdBy: text("created_by"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("credit_grants_open").on(table.organizationId).where(sql`remaining_micros > 0`),
    index("credit_grants_expiry")
      .on(table.expiresAt)
      .where(sql`remaining_micros > 0 and expires_at is not null`),
    check("credit_grants_remaining", sql`remaining_micros >= 0 and remaining_micros <= amount_micros`),
    check("credit_grants_amount", sql`amount_micros > 0`),
  ],
);

/** Which credits a transaction took (positive) or gave back (negative), and what for. */
export const grantUses = pgTable(
  "grant_uses",
  {
    organizationId: text("organization_id").notNull(),
    txId: uuid("tx_id").notNull(),
    grantId: text("grant_id").notNull(),
    /** `used`, `expired`, `refunded` or `debt`. */
    purpose: text("purpose").notNull(),
    amountMicros: micros("amount_micros").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.txId, table.grantId, table.purpose] }),
    index("grant_uses_grant").on(table.organizationId, table.grantId),
  ],
);

/** What a node may spend of one scope before it asks again. `organization`: credits; the others: of a budget's cap. */
export const leases = pgTable(
  "leases",
  {
    organizationId: text("organization_id").notNull(),
    id: text("id").notNull().unique(),
    /** `organization`, `agent`, `user` or `session`. */
    scopeKind: text("scope_kind").notNull(),
    /** Empty, the agent, or agent and user or session. */
    scopeId: text("scope_id").notNull(),
    /** The budget's period, e.g. `2026-11`; empty for credits. */
    period: text("period").notNull(),
    node: text("node").notNull(),
    /** One life of the node. */
    epoch: text("epoch").notNull(),
    /** Set aside in all, less what was given back. */
    amountMicros: micros("amount_micros").notNull(),
    settledMicros: micros("settled_micros").notNull().default(sql`0`),
    grantedAt: at("granted_at").notNull(),
    expiresAt: at("expires_at").notNull(),
    /** `live`, or `closed`: the rest went back. */
    state: text("state").notNull().default("live"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex("leases_of_node")
      .on(table.organizationId, table.scopeKind, table.scopeId, table.period, table.epoch)
      .where(sql`state = 'live'`),
    index("leases_live").on(table.expiresAt).where(sql`state = 'live'`),
    index("leases_ended").on(table.expiresAt).where(sql`state = 'closed'`),
    check(
      "leases_amount",
      sql`amount_micros >= 0 and settled_micros >= 0 and settled_micros <= amount_micros`,
    ),
  ],
);

/** What a budget's scope has spent in a period and what live leases set aside of it. */
export const budgetSpend = pgTable(
  "budget_spend",
  {
    organizationId: text("organization_id").notNull(),
    scopeKind: text("scope_kind").notNull(),
    scopeId: text("scope_id").notNull(),
    period: text("period").notNull(),
    agentId: text("agent_id").notNull(),
    spentMicros: micros("spent_micros").notNull().default(sql`0`),
    leasedMicros: micros("leased_micros").notNull().default(sql`0`),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.scopeKind, table.scopeId, table.period] }),
    index("budget_spend_agent").on(table.organizationId, table.agentId, table.period),
    check("budget_spend_natural", sql`spent_micros >= 0 and leased_micros >= 0`),
  ],
);

/**
 * One row per thing that was billed; kept for `limits.money.usageEventsKeptDays`. Partitioned `BY RANGE (id)` by day like the
 * other facts: its id is the id of the request's row, so an event that comes again finds its own row.
 */
export const usageEvents = pgTable(
  "usage_events",
  {
    id: uuid("id").notNull(),
    organizationId: text("organization_id").notNull(),
    /** `call` or `external`. */
    kind: text("kind").notNull(),
    /** The exchange of a call. */
    requestId: uuid("request_id"),
    serverId: text("server_id"),
    tool: text("tool"),
    agentId: text("agent_id"),
    client: text("client"),
    source: text("source").notNull(),
    region: text("region").notNull(),
    endUser: text("end_user"),
    agentSession: text("agent_session"),
    description: text("description"),
    /** When it happened; the hour in which it is counted is the one of `countedAt`. */
    occurredAt: at("occurred_at").notNull(),
    countedAt: at("counted_at").notNull(),
    callUnits: integer("call_units").notNull(),
    hundredMsUnits: integer("hundred_ms_units").notNull(),
    kib64Units: integer("kib64_units").notNull(),
    priceVersion: text("price_version"),
    amountMicros: micros("amount_micros").notNull(),
    txId: uuid("tx_id").notNull(),
    /** The budget period of its agent that it counts in; null without an agent. */
    period: text("period"),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("usage_events_tx").on(table.organizationId, table.txId),
    index("usage_events_request").on(table.requestId),
    /** What happened more than an hour before it was counted: few, so that they are found in any window. */
    index("usage_events_late")
      .on(table.organizationId, table.countedAt)
      .where(sql`counted_at - occurred_at > interval '1 hour'`),
  ],
);

/** What was billed by hour, written in the same transaction as the events. Names as in `usage_rollup`. */
export const spendRollup = pgTable(
  "spend_rollup",
  {
    organizationId: text("organization_id").notNull(),
    hour: at("hour").notNull(),
    serverId: text("server_id").notNull(),
    tool: text("tool").notNull(),
    agentId: text("agent_id").notNull(),
    client: text("client").notNull(),
    source: text("source").notNull(),
    region: text("region").notNull(),
    /** Empty for external costs. */
    outcome: text("outcome").notNull(),
    events: bigint("events", { mode: "number" }).notNull(),
    amountMicros: micros("amount_micros").notNull(),
  },
  (table) => [
    primaryKey({
      name: "spend_rollup_pk",
      columns: [
        table.organizationId,
        table.hour,
        table.serverId,
        table.tool,
        table.agentId,
        table.client,
        table.source,
        table.region,
        table.outcome,
      ],
    }),
    index("spend_rollup_agent").on(table.organizationId, table.agentId, table.hour),
  ],
);

/** What the reconciliation found, newest kept. */
export const reconciliationRuns = pgTable(
  "reconciliation_runs",
  {
    organizationId: text("organization_id").notNull(),
    id: uuid("id").notNull(),
    startedAt: at("started_at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    status: text("status").notNull(),
    driftMicros: micros("drift_micros").notNull(),
    checks: jsonb("checks").notNull(),
    /** How far it looked, and what it saw there: the next run goes on from it. Null when it found drift. */
    watermark: jsonb("watermark"),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);
