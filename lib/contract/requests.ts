import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { PageQuery, pageOf, Timestamp } from "./common.ts";
import { Decision } from "./decisions.ts";
import { LogEntry, LogLevel } from "./log-stream.ts";

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
  /** What was decided about it; null for rows from before decisions were kept. */
  decision: Decision.nullable(),
});
export type RequestRow = z.infer<typeof RequestRow>;

export const RequestPage = pageOf(RequestRow);
export type RequestPage = z.infer<typeof RequestPage>;

/** `outcome`, `level` and `source` take several values separated by commas. `from` and `to` bound the time, `to` exclusive. */
const list = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(values)).min(1))
    .optional();
export const RequestFilter = z.object({
  level: list(["debug", "info", "warn", "error"]),
  outcome: list(OUTCOMES),
  source: list(SOURCES),
  tool: z.string().max(200).optional(),
  method: z.string().max(200).optional(),
  requestId: z.string().max(64).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  environment: z.literal("production").default("production"),
});
export const RequestLogQuery = PageQuery.extend(RequestFilter.shape);
export type RequestLogQuery = z.infer<typeof RequestLogQuery>;
/** The query as a caller writes it, before parsing. */
export type RequestLogQueryInput = z.input<typeof RequestLogQuery>;

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

/** `GET …/requests/{requestId}`: everything that is stored of one call, in the order of time. */
export const RequestDetail = z.object({
  requestId: z.string(),
  serverId: z.string(),
  timestamp: Timestamp,
  rows: z.array(RequestRow),
  lines: z.array(ConsoleLine),
  /** True when the call wrote more lines than are shown. */
  linesAreCapped: z.boolean(),
});
export type RequestDetail = z.infer<typeof RequestDetail>;
