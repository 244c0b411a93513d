import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { PageQuery, pageOf, Timestamp } from "./common.ts";
import { Decision } from "./decisions.ts";
import { LOG_LEVELS, LogEntry, LogLevel } from "./log-stream.ts";
import { Micros } from "./money.ts";

/** How a request ended; one closed list everywhere. A result with `isError: true` is `tool_error`, never `ok`. */
export const OUTCOMES = [
  "ok",
  "tool_error",
  "protocol_error",
  "auth_denied",
  "grant_denied",
  "rate_limited",
  "budget_denied",
  "credit_denied",
  "too_large",
  "timeout",
  "upstream_error",
  "runtime_error",
  "canceled",
] as const;
export const Outcome = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof Outcome>;

/** Who caused the traffic. */
export const SOURCES = ["agent", "embed", "external", "dashboard", "smoke"] as const;
export const Source = z.enum(SOURCES);
export type Source = z.infer<typeof Source>;

/** What one message was. `probe`: a client finding out what the server can do; never an error. */
export const REQUEST_KINDS = [
  "request",
  "notification",
  "response",
  "listen",
  "session_end",
  "probe",
  "invalid",
] as const;
export const RequestKind = z.enum(REQUEST_KINDS);
export type RequestKind = z.infer<typeof RequestKind>;

/** `modern`: protocol 2026-07-28 and later, stateless. `legacy`: 2025-11-25 and earlier, with sessions. */
export const Era = z.enum(["modern", "legacy"]);
export type Era = z.infer<typeof Era>;

/** One row of the request log: one MCP message that passed the gateway or the direct URL. */
export const RequestRow = z.object({
  id: z.string(),
  requestId: z.string(),
  timestamp: Timestamp,
  level: LogLevel,
  outcome: Outcome,
  kind: RequestKind,
  era: Era.nullable(),
  method: z.string().nullable(),
  tool: z.string().nullable(),
  source: Source,
  client: z.object({ name: z.string().nullable(), version: z.string().nullable() }),
  agentId: z.string().nullable(),
  gatewayId: z.string().nullable(),
  serverId: z.string(),
  version: z.string().nullable(),
  region: z.string(),
  httpStatus: z.number().int(),
  rpcErrorCode: z.number().int().nullable(),
  error: z.string().nullable(),
  durationMs: z.number(),
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
  /** Names the legacy session without being its id; null where there is none. */
  session: z.string().nullable(),
  /** What was decided about it; null for rows from before decisions were kept. */
  decision: Decision.nullable(),
  /** Who the agent said it works for, and in which conversation; null where it said nothing. */
  endUser: z.string().nullable(),
  agentSession: z.string().nullable(),
  /** `billed`, or `zero_rated:` and the reason; null for rows from before there were prices. */
  billing: z.string().nullable(),
  /** What it cost, in micro-USD; null like `billing`. */
  amountMicros: Micros.nullable(),
});
export type RequestRow = z.infer<typeof RequestRow>;

/** `outcome`, `level` and `source` take several values separated by commas. `from` and `to` bound the time, `to` exclusive. */
const list = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(values)).min(1))
    .optional();
const name = z.string().min(1).max(limits.requests.nameCharactersMax).optional();
const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
const duration = z.coerce.number().min(0).max(86_400_000).optional();
/** What can be filtered by in the request log; all of it can be combined. */
export const RequestFilter = z.object({
  level: list(LOG_LEVELS),
  outcome: list(OUTCOMES),
  source: list(SOURCES),
  tool: name,
  method: name,
  /** Name by which the MCP client introduced itself. */
  client: name,
  agent: name,
  endUser: name,
  gateway: name,
  region: name,
  /** Semver of the hosted version that answered. */
  version: name,
  requestId: z.string().max(64).optional(),
  /** Hash of a legacy session, as rows show it. */
  session: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  /** Milliseconds, inclusive. */
  durationMin: duration,
  durationMax: duration,
  /** Bytes of the message, inclusive. */
  requestBytesMin: size,
  requestBytesMax: size,
  responseBytesMin: size,
  responseBytesMax: size,
  /** Text in the error, tool, method or client, whatever the case. */
  q: z.string().max(limits.requests.searchCharactersMax).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  environment: z.literal("production").default("production"),
});
export type RequestFilter = z.infer<typeof RequestFilter>;
export const RequestLogQuery = PageQuery.extend(RequestFilter.shape);
export type RequestLogQuery = z.infer<typeof RequestLogQuery>;
/** The query as a caller writes it, before parsing. */
export type RequestLogQueryInput = z.input<typeof RequestLogQuery>;

/**
 * How far a search for text came. It goes back in time, in steps that each end in bounded time; `nextCursor` goes on
 * from `scannedTo`, also when a page has no rows.
 */
export const SearchProgress = z.object({
  /** Everything newer than this was looked at. */
  scannedTo: Timestamp,
  /** True when the whole window was looked at. */
  isComplete: z.boolean(),
});
export type SearchProgress = z.infer<typeof SearchProgress>;

export const RequestPage = pageOf(RequestRow).extend({
  /**
   * Of a search for text, and of any other filter whose rows were not all looked at in time; null for the rest. With it,
   * `total` is what was found so far, on a page by cursor since that cursor.
   */
  search: SearchProgress.nullable(),
});
export type RequestPage = z.infer<typeof RequestPage>;

/** A stored console line. `seq` counts within `epoch`, as in the log stream, so both can be joined without duplicates. */
export const ConsoleLine = LogEntry.extend({
  id: z.string(),
  epoch: z.string(),
  version: z.string().nullable(),
});
export type ConsoleLine = z.infer<typeof ConsoleLine>;
/** Console lines, oldest first; `nextCursor` leads to older ones. */
export const ConsoleLinePage = z.object({ data: z.array(ConsoleLine), nextCursor: z.string().nullable() });
export type ConsoleLinePage = z.infer<typeof ConsoleLinePage>;
/** `GET …/deployment/logs`: the newest stored console lines, oldest of them first. */
export const ConsoleTailQuery = z.object({
  tail: z.coerce.number().int().min(1).max(limits.requests.tailLinesMax).default(100),
  level: LogLevel.optional(),
  environment: z.literal("production").default("production"),
});

/** How an outbound call of hosted code ended. `ok` is any answer of the upstream, whatever its status. */
export const UPSTREAM_OUTCOMES = ["ok", "refused", "failed", "timeout", "too_large", "canceled"] as const;
export const UpstreamOutcome = z.enum(UPSTREAM_OUTCOMES);
export type UpstreamOutcome = z.infer<typeof UpstreamOutcome>;
/** One outbound HTTP call of hosted code, as the egress proxy saw it. */
export const UpstreamCall = z.object({
  id: z.string(),
  requestId: z.string().nullable(),
  timestamp: Timestamp,
  level: LogLevel,
  outcome: UpstreamOutcome,
  method: z.string(),
  /** Scheme, host and path; never the query or credentials. */
  url: z.string(),
  httpStatus: z.number().int().nullable(),
  error: z.string().nullable(),
  durationMs: z.number(),
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
  version: z.string().nullable(),
});
export type UpstreamCall = z.infer<typeof UpstreamCall>;

/** What was said in one message of a server that records bodies: redacted, and cut to `limits.requests.bodyBytesMax`. */
export const MessageBody = z.object({
  /** Id of the row in the request log. */
  id: z.string(),
  request: z.string().nullable(),
  response: z.string().nullable(),
  /** Sizes before the cut. */
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
});
export type MessageBody = z.infer<typeof MessageBody>;

/** Whether a call cost credits, how many, and the reason when it did not. */
export const Billability = z.object({
  id: z.string(),
  isBillable: z.boolean(),
  amountMicros: Micros.nullable(),
  /** The transaction of the ledger that paid for it. */
  txId: z.string().nullable(),
  priceVersion: z.string().nullable(),
  /** Words for people. */
  reason: z.string(),
});
export type Billability = z.infer<typeof Billability>;

/** Something that one source saw and another, which should have, did not. */
export const LogGap = z.object({
  kind: z.enum(["runtime_without_gateway", "gateway_without_runtime", "lines_missing"]),
  requestId: z.string().nullable(),
  timestamp: Timestamp,
  message: z.string(),
});
export type LogGap = z.infer<typeof LogGap>;

/** `GET …/requests/{requestId}`: everything that is stored of one call, each list in the order of time. */
export const RequestDetail = z.object({
  requestId: z.string(),
  serverId: z.string(),
  timestamp: Timestamp,
  rows: z.array(RequestRow),
  lines: z.array(ConsoleLine),
  /** True when the call wrote more lines than are shown. */
  linesAreCapped: z.boolean(),
  upstream: z.array(UpstreamCall),
  upstreamIsCapped: z.boolean(),
  bodies: z.array(MessageBody),
  /** Whether the server records bodies now; this call may be older than the setting. */
  recordsBodies: z.boolean(),
  billability: z.array(Billability),
  gaps: z.array(LogGap),
});
export type RequestDetail = z.infer<typeof RequestDetail>;

/** `POST …/requests/{requestId}/replay`: the same tool call again, as a smoke test. */
export const ReplayRequest = z.object({
  /** Instead of the recorded ones; needed when none were recorded or a secret was redacted in them. */
  arguments: z.record(z.string(), z.unknown()).optional(),
});
export const ReplayResult = z.object({
  original: z.object({
    requestId: z.string(),
    outcome: Outcome,
    durationMs: z.number(),
    /** Null when bodies were not recorded: then only outcome and duration can be compared. */
    response: z.unknown().nullable(),
  }),
  replay: z.object({
    requestId: z.string().nullable(),
    status: z.enum(["passed", "failed"]),
    outcome: z.string(),
    durationMs: z.number(),
    response: z.unknown().nullable(),
    failure: z.string().nullable(),
  }),
  /** Where the results differ, as JSON pointers; empty when they are the same or cannot be compared. */
  differences: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
  differencesAreCapped: z.boolean(),
  isComparable: z.boolean(),
});
export type ReplayResult = z.infer<typeof ReplayResult>;
