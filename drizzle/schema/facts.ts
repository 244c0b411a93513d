import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { at } from "./columns.ts";

/**
 * Append-only facts. Each table is partitioned `BY RANGE (id)`, one partition a day: the id is a UUIDv7, so a time
 * filter is an id bound and key, cursor, order and pruning are one column. The migration adds the partitioning by
 * hand; drizzle only knows the columns. Indexes are ascending on purpose: drizzle's `.desc()` means NULLS LAST,
 * which a backward scan cannot use. No foreign keys: facts are written in bulk and outlive what they name.
 */

/**
 * The transaction that wrote the row. Rows of older transactions than `pg_snapshot_xmin(pg_current_snapshot())` can no
 * longer appear, so whoever reads in the order of it (drains) misses none, however late a row of an old call is stored.
 */
const writtenTx = () =>
  bigint("written_tx", { mode: "number" }).notNull().default(sql`(pg_current_xact_id()::text::bigint)`);

/** One row per MCP message that passed the gateway or a direct URL. */
export const requestLog = pgTable(
  "request_log",
  {
    id: uuid("id").notNull(),
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    versionId: text("version_id"),
    /** Names the HTTP exchange; equals `id` for its first message. */
    requestId: uuid("request_id").notNull(),
    /** 0 debug, 1 info, 2 warn, 3 error; follows from the outcome. */
    level: smallint("level").notNull(),
    outcome: text("outcome").notNull(),
    kind: text("kind").notNull(),
    era: text("era"),
    method: text("method"),
    tool: text("tool"),
    source: text("source").notNull(),
    clientName: text("client_name"),
    clientVersion: text("client_version"),
    /** First 16 hexadecimal characters of the SHA-256 of the session id; never the id. */
    sessionHash: text("session_hash"),
    agentId: text("agent_id"),
    gatewayId: text("gateway_id"),
    region: text("region").notNull(),
    node: text("node").notNull(),
    httpStatus: smallint("http_status").notNull(),
    rpcErrorCode: integer("rpc_error_code"),
    error: text("error"),
    durationMs: real("duration_ms").notNull(),
    requestBytes: bigint("request_bytes", { mode: "number" }).notNull(),
    responseBytes: bigint("response_bytes", { mode: "number" }).notNull(),
    /** W3C trace id, 32 hexadecimal characters. */
    traceId: text("trace_id"),
    /** Who called, as the gateway found out: `anonymous`, `key:key_…`, `oauth:<subject>` or `internal`. */
    principal: text("principal"),
    /** Why the gateway allowed or denied it: the contract's `DecisionReason`; null on the direct URL. */
    decision: text("decision"),
    /** The grant that allowed it. */
    grantId: text("grant_id"),
    /** What was presented, what was expected and how to fix it; of denials only, never a token. */
    explanation: jsonb("explanation"),
    /** Who the agent said it works for, and in which conversation. */
    endUser: text("end_user"),
    agentSession: text("agent_session"),
    /** `billed`, or `zero_rated:` and the reason. */
    billing: text("billing"),
    amountMicros: bigint("amount_micros", { mode: "bigint" }),
    writtenTx: writtenTx(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    /** The decisions of one gateway, and its refusals only. */
    index("request_log_gateway").on(table.gatewayId, table.id).where(sql`gateway_id is not null`),
    index("request_log_gateway_trouble")
      .on(table.gatewayId, table.id)
      .where(sql`gateway_id is not null and level >= 2`),
    index("request_log_gateway_denied")
      .on(table.gatewayId, table.id)
      .where(sql`gateway_id is not null and decision <> 'allowed'`),
    /** The log page of one server. */
    index("request_log_server").on(table.serverId, table.id),
    /** Its trouble only. */
    index("request_log_server_trouble").on(table.serverId, table.id).where(sql`level >= 2`),
    /** One call by its id. */
    index("request_log_request").on(table.requestId),
    /** The calls of one session; sessions are few among stateless clients. */
    index("request_log_session")
      .on(table.serverId, table.sessionHash, table.id)
      .where(sql`session_hash is not null`),
    index("request_log_written").using("brin", table.writtenTx),
  ],
);

/** One row per console line of a hosted server whose retention is above 0. */
export const consoleLog = pgTable(
  "console_log",
  {
    id: uuid("id").notNull(),
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    versionId: text("version_id"),
    requestId: uuid("request_id"),
    /** Sequence numbers count within an epoch: one life of the hub on one node. */
    epoch: text("epoch").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    level: smallint("level").notNull(),
    method: text("method").notNull(),
    message: text("message").notNull(),
    truncated: boolean("truncated").notNull().default(false),
    /** Size of the message before it was cut. */
    bytes: integer("bytes").notNull(),
    writtenTx: writtenTx(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("console_log_server").on(table.serverId, table.id),
    index("console_log_server_trouble").on(table.serverId, table.id).where(sql`level >= 2`),
    index("console_log_request").on(table.requestId),
    index("console_log_written").using("brin", table.writtenTx),
  ],
);

/** One row per outbound HTTP call of hosted code, as the egress proxy saw it. Partitioned like the others. */
export const upstreamCalls = pgTable(
  "upstream_calls",
  {
    /** UUIDv7 whose time is when the call began. */
    id: uuid("id").notNull(),
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    versionId: text("version_id"),
    /** The MCP exchange that made the call, when it is known. */
    requestId: uuid("request_id"),
    /** 1 info, 2 warn, 3 error; follows from outcome and status. */
    level: smallint("level").notNull(),
    /** The contract's `UpstreamOutcome`. */
    outcome: text("outcome").notNull(),
    method: text("method").notNull(),
    /** Scheme, host and path; never the query or credentials. */
    url: text("url").notNull(),
    httpStatus: smallint("http_status"),
    error: text("error"),
    durationMs: real("duration_ms").notNull(),
    requestBytes: bigint("request_bytes", { mode: "number" }).notNull(),
    responseBytes: bigint("response_bytes", { mode: "number" }).notNull(),
    writtenTx: writtenTx(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("upstream_calls_server").on(table.serverId, table.id),
    index("upstream_calls_request").on(table.requestId),
    index("upstream_calls_written").using("brin", table.writtenTx),
  ],
);

/**
 * What was said in one MCP message: redacted, capped, and only of servers that record bodies. `id` is the id of its row
 * in the request log. Apart from it, so that reading pages of the log does not read bodies. Partitioned like the others.
 */
export const requestBodies = pgTable(
  "request_bodies",
  {
    id: uuid("id").notNull(),
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    /** The JSON-RPC message that came in and the one that went out, as text; null when there was none. */
    request: text("request"),
    response: text("response"),
    /** Sizes in bytes before the cut; larger than the text when it was cut. */
    requestBytes: bigint("request_bytes", { mode: "number" }).notNull(),
    responseBytes: bigint("response_bytes", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index("request_bodies_server").on(table.serverId, table.id),
  ],
);

/**
 * How many rows of a log there are by span of time and level, written in the same statement as the rows. Spans of a
 * day, an hour and a quarter of an hour lie over each other: a page at any depth is found by going down from one to
 * the next, and a histogram takes the span that fits its bars. Not partitioned.
 */
export const logCounts = pgTable(
  "log_counts",
  {
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    /** `requests`, `console` or `upstream`. */
    log: text("log").notNull(),
    /** 1440, 60 or 15. */
    spanMinutes: smallint("span_minutes").notNull(),
    /** When the span begins, UTC. */
    start: at("start").notNull(),
    level: smallint("level").notNull(),
    rows: bigint("rows", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({
      name: "log_counts_pk",
      columns: [table.organizationId, table.serverId, table.log, table.spanMinutes, table.start, table.level],
    }),
  ],
);

/**
 * Hourly counts, written in the same statement as the request rows, so they are exact and a replayed batch adds
 * nothing. Totals, error rates and percentiles come from here. Not partitioned.
 */
export const requestRollup = pgTable(
  "request_rollup",
  {
    organizationId: text("organization_id").notNull(),
    serverId: text("server_id").notNull(),
    hour: at("hour").notNull(),
    source: text("source").notNull(),
    kind: text("kind").notNull(),
    /** Empty when the message named no tool. */
    tool: text("tool").notNull(),
    outcome: text("outcome").notNull(),
    level: smallint("level").notNull(),
    /** Index of the duration bucket: upper bounds 1, 2, 5, 10, 20, 50 … ms. */
    durationBucket: smallint("duration_bucket").notNull(),
    calls: bigint("calls", { mode: "number" }).notNull(),
    /** How many of `calls` have a row in the request log: what a page of it can be found by. */
    stored: bigint("stored", { mode: "number" }).notNull().default(0),
    requestBytes: bigint("request_bytes", { mode: "number" }).notNull(),
    responseBytes: bigint("response_bytes", { mode: "number" }).notNull(),
    durationMsSum: doublePrecision("duration_ms_sum").notNull(),
    /** The largest single call: how near the server came to its caps. */
    durationMsMax: real("duration_ms_max").notNull().default(0),
    requestBytesMax: bigint("request_bytes_max", { mode: "number" }).notNull().default(0),
    responseBytesMax: bigint("response_bytes_max", { mode: "number" }).notNull().default(0),
  },
  (table) => [
    primaryKey({
      name: "request_rollup_pk",
      columns: [
        table.organizationId,
        table.serverId,
        table.hour,
        table.source,
        table.kind,
        table.tool,
        table.outcome,
        table.durationBucket,
      ],
    }),
  ],
);

/** Calls per gateway, hour and decision, written in the same statement as the request rows. Not partitioned. */
export const gatewayRollup = pgTable(
  "gateway_rollup",
  {
    organizationId: text("organization_id").notNull(),
    gatewayId: text("gateway_id").notNull(),
    hour: at("hour").notNull(),
    /** The contract's `DecisionReason`. */
    decision: text("decision").notNull(),
    calls: bigint("calls", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({
      name: "gateway_rollup_pk",
      columns: [table.organizationId, table.gatewayId, table.hour, table.decision],
    }),
  ],
);

/**
 * Tool calls by everything that usage is told apart by, written in the same statement as the request rows. What they
 * cost is in `spend_rollup`, under the same names. Not partitioned.
 */
export const usageRollup = pgTable(
  "usage_rollup",
  {
    organizationId: text("organization_id").notNull(),
    hour: at("hour").notNull(),
    serverId: text("server_id").notNull(),
    /** Empty where a call named none; as all texts here. */
    tool: text("tool").notNull(),
    agentId: text("agent_id").notNull(),
    client: text("client").notNull(),
    source: text("source").notNull(),
    region: text("region").notNull(),
    outcome: text("outcome").notNull(),
    /** As in `request_rollup`. */
    durationBucket: smallint("duration_bucket").notNull(),
    calls: bigint("calls", { mode: "number" }).notNull(),
    requestBytes: bigint("request_bytes", { mode: "number" }).notNull(),
    responseBytes: bigint("response_bytes", { mode: "number" }).notNull(),
    durationMsSum: doublePrecision("duration_ms_sum").notNull(),
    durationMsMax: real("duration_ms_max").notNull(),
    requestBytesMax: bigint("request_bytes_max", { mode: "number" }).notNull(),
    responseBytesMax: bigint("response_bytes_max", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({
      name: "usage_rollup_pk",
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
        table.durationBucket,
      ],
    }),
    index("usage_rollup_agent").on(table.organizationId, table.agentId, table.hour),
  ],
);

/** Requests that were counted without a row, since their server keeps no history: written again, they count once. */
export const countedFacts = pgTable("counted_facts", {
  /** Id of the fact; old ones are deleted. */
  id: uuid("id").primaryKey(),
});
