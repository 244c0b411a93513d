import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Timestamp } from "./common.ts";
import { LogLevel } from "./log-stream.ts";
import { StoredLog } from "./logs.ts";
import { ConsoleLine, RequestRow, UpstreamCall } from "./requests.ts";

/** `http_ndjson`: one JSON object a line, POSTed. `otlp_http`: OpenTelemetry logs as JSON, to the collector's `/v1/logs`. */
export const LogDrainKind = z.enum(["http_ndjson", "otlp_http"]);
export type LogDrainKind = z.infer<typeof LogDrainKind>;

/** `ok`: up to date. `behind`: rows wait for longer than usual. `failing`: the last attempt failed and is tried again, or was refused for good. `waiting`: nothing was sent yet. */
export const LogDrainState = z.enum(["waiting", "ok", "behind", "failing", "disabled"]);
export type LogDrainState = z.infer<typeof LogDrainState>;

/** Where logs are sent on: at least once, in the order in which they were stored. */
export const LogDrain = z.object({
  id: z.string(),
  name: z.string(),
  kind: LogDrainKind,
  url: z.string(),
  /** Names only; values are write-only. */
  headerNames: z.array(z.string()),
  logs: z.array(StoredLog),
  /** Null: all servers. */
  serverIds: z.array(z.string()).nullable(),
  levelMin: LogLevel,
  isEnabled: z.boolean(),
  state: LogDrainState,
  /** When it last had nothing left to send. */
  caughtUpAt: Timestamp.nullable(),
  lastDeliveredAt: Timestamp.nullable(),
  lastError: z.string().nullable(),
  lastErrorAt: Timestamp.nullable(),
  failuresInRow: z.number().int(),
  nextAttemptAt: Timestamp.nullable(),
  deliveredRows: z.number().int(),
  deadRows: z.number().int(),
  createdAt: Timestamp,
});
export type LogDrain = z.infer<typeof LogDrain>;

/** Sent with every request; values are write-only. What the platform and HTTP set themselves is refused. */
const DrainHeaders = z.record(
  z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "Use the characters of an HTTP header name."),
  z
    .string()
    .max(8_192)
    .regex(/^[\x20-\x7e]*$/, "A header value has visible characters and spaces only."),
);
/** Fields of any other name are refused: a choice of servers that is misspelt would send on what was not meant. */
export const CreateLogDrain = z.strictObject({
  name: z.string().trim().min(1, "Give it a name.").max(100),
  kind: LogDrainKind,
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  headers: DrainHeaders.default({}),
  logs: z.array(StoredLog).min(1, "Choose at least one log."),
  serverIds: z.array(z.string().max(64)).min(1).max(limits.drains.serversMax).nullable().default(null),
  levelMin: LogLevel.default("debug"),
});
export type CreateLogDrain = z.infer<typeof CreateLogDrain>;
/** What is not named stays; `headers` replaces all of them. */
export const UpdateLogDrain = z.strictObject({
  name: CreateLogDrain.shape.name.optional(),
  url: CreateLogDrain.shape.url.optional(),
  headers: DrainHeaders.optional(),
  logs: CreateLogDrain.shape.logs.optional(),
  serverIds: z.array(z.string().max(64)).min(1).max(limits.drains.serversMax).nullable().optional(),
  levelMin: LogLevel.optional(),
  isEnabled: z.boolean().optional(),
});
export type UpdateLogDrain = z.infer<typeof UpdateLogDrain>;

/** `POST …/log-drains/{drain}/test`: one labelled test record to the sink, now. */
export const LogDrainTest = z.object({
  isAccepted: z.boolean(),
  httpStatus: z.number().int().nullable(),
  message: z.string(),
  durationMs: z.number(),
});
export type LogDrainTest = z.infer<typeof LogDrainTest>;

/** Rows that a sink refused for good, or that outlived every retry. They can be sent again while they are stored. */
export const DeadLetter = z.object({
  id: z.string(),
  log: StoredLog,
  rows: z.number().int(),
  reason: z.string(),
  createdAt: Timestamp,
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** `POST …/dead-letters/{letter}/retry`: the rows that are still stored, once more, now. Accepted ones leave the list. */
export const DeadLetterRetry = LogDrainTest.extend({
  /** How many rows were still stored and sent. */
  rows: z.number().int(),
});
export type DeadLetterRetry = z.infer<typeof DeadLetterRetry>;

/**
 * One line of `http_ndjson`, and what the attributes of an `otlp_http` record are made of: the row as the API shows it,
 * with the log it is from and the slug of its server. `id` is unique: deliveries are at least once, drop repeats by it.
 */
export const DrainRecord = z.discriminatedUnion("log", [
  RequestRow.extend({ log: z.literal("requests"), server: z.string(), traceId: z.string().nullable() }),
  ConsoleLine.omit({ timestamp: true }).extend({
    log: z.literal("console"),
    server: z.string(),
    serverId: z.string(),
    timestamp: Timestamp,
  }),
  UpstreamCall.extend({ log: z.literal("upstream"), server: z.string(), serverId: z.string() }),
]);
export type DrainRecord = z.infer<typeof DrainRecord>;
