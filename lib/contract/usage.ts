import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { AskedTime, Timestamp } from "./common.ts";
import { Micros } from "./money.ts";
import { OUTCOMES, type Outcome, SOURCES } from "./requests.ts";

/** What usage can be told apart by. `agent` and `client` are empty where a call named none. */
export const USAGE_DIMENSIONS = ["server", "tool", "agent", "client", "source", "region", "outcome"] as const;
export const UsageDimension = z.enum(USAGE_DIMENSIONS);
export type UsageDimension = z.infer<typeof UsageDimension>;

/** The runtime or the upstream failed, or time ran out. */
export const RUNTIME_ERRORS = [
  "runtime_error",
  "upstream_error",
  "timeout",
] as const satisfies readonly Outcome[];
/** The call was denied before it ran. */
export const DENIALS = [
  "auth_denied",
  "grant_denied",
  "rate_limited",
  "budget_denied",
  "credit_denied",
] as const satisfies readonly Outcome[];

const name = z.string().max(limits.requests.nameCharactersMax).optional();
export const UsageFilter = z.object({
  /** Id or slug. */
  server: name,
  tool: name,
  /** Id or name; `none` for calls without one. */
  agent: name,
  /** `none` for calls of clients that gave no name. */
  client: name,
  source: z.enum(SOURCES).optional(),
  region: name,
  outcome: z.enum(OUTCOMES).optional(),
});
/**
 * `GET …/usage`. The window is widened to whole hours and ends with the hour under way at the latest; without `from` it is the last 24 hours. `compare=previous` compares with
 * the window of the same length just before, `day` and `week` with the same hours a day or a week earlier.
 */
export const UsageQuery = UsageFilter.extend({
  from: AskedTime.optional(),
  to: AskedTime.optional(),
  by: UsageDimension.default("server"),
  compare: z.enum(["none", "previous", "day", "week"]).default("previous"),
});
export type UsageQuery = z.infer<typeof UsageQuery>;
export type UsageQueryInput = z.input<typeof UsageQuery>;

/** Tool calls of a window. */
export const UsageTotals = z.object({
  calls: z.number().int(),
  /** Calls whose outcome is not `ok`. */
  errors: z.number().int(),
  /** Of these: the runtime or the upstream failed, or time ran out. */
  runtimeErrors: z.number().int(),
  /** Calls that were denied before they ran. */
  denied: z.number().int(),
  requestBytes: z.number().int(),
  responseBytes: z.number().int(),
  responseBytesMax: z.number().int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  spentMicros: Micros,
});
export type UsageTotals = z.infer<typeof UsageTotals>;

/** One value of the dimension, with what it was in the window compared with. */
export const UsageGroup = z.object({
  /** The value, e.g. a server id; empty where a call had none. */
  key: z.string(),
  /** The value in words, e.g. the server's name. */
  label: z.string(),
  /** Slug of the one server that its calls of the window went to; null: several, or one that is gone. */
  serverSlug: z.string().nullable(),
  now: UsageTotals,
  before: UsageTotals.nullable(),
  /** `now.calls − before.calls`; groups come by its size, biggest first, then by calls. */
  callsChange: z.number().int().nullable(),
  spentChangeMicros: Micros.nullable(),
});
export type UsageGroup = z.infer<typeof UsageGroup>;

export const UsageReport = z.object({
  window: z.object({ from: Timestamp, to: Timestamp }),
  compared: z.object({ from: Timestamp, to: Timestamp }).nullable(),
  by: UsageDimension,
  totals: UsageTotals,
  totalsBefore: UsageTotals.nullable(),
  groups: z.array(UsageGroup),
  /** There are more values than are listed; their sum is in the group `OTHER_NAMES`. */
  groupsAreCapped: z.boolean(),
  /** By span, oldest first. */
  series: z.array(
    z.object({
      start: Timestamp,
      calls: z.number().int(),
      errors: z.number().int(),
      responseBytes: z.number().int(),
      p95Ms: z.number().nullable(),
      spentMicros: Micros,
    }),
  ),
  spanMinutes: z.number().int(),
  /** Everything up to here is counted. */
  completeTo: Timestamp,
});
export type UsageReport = z.infer<typeof UsageReport>;

/** How near use comes to a cap of the plan. */
export const QuotaPressure = z.object({
  /** `toolCallDurationMsMax`, `requestBytesMax`, `responseBytesMax`, `hostedServersMax`, `retentionDaysMax`, `viewersMax`. */
  cap: z.string(),
  max: z.number(),
  /** The largest that was seen in the window. */
  peak: z.number(),
  /** How many came within 80 % of the cap, at least: counts know the largest call of an hour only. And how many it stopped. */
  nearCount: z.number().int(),
  stoppedCount: z.number().int(),
  level: z.enum(["ok", "near", "at"]),
  /** The servers that come nearest, at most five. */
  servers: z.array(z.object({ serverId: z.string(), slug: z.string(), peak: z.number() })),
});
export type QuotaPressure = z.infer<typeof QuotaPressure>;
/** `GET …/usage/quota`. */
export const QuotaQuery = UsageQuery.pick({ from: true, to: true });
export const QuotaReport = z.object({
  window: z.object({ from: Timestamp, to: Timestamp }),
  caps: z.array(QuotaPressure),
  hostedServers: z.object({ used: z.number().int(), max: z.number().int() }),
});
export type QuotaReport = z.infer<typeof QuotaReport>;

/** `GET …/usage/export`: one row per hour and combination of the named dimensions, e.g. `by=server,tool`. */
export const UsageExportQuery = UsageQuery.omit({ compare: true }).extend({
  by: z
    .string()
    .max(100)
    .default("server")
    .transform((text) => [...new Set(text.split(","))])
    .pipe(z.array(UsageDimension)),
  format: z.enum(["csv", "ndjson"]).default("csv"),
});

/** `GET …/agents/{agent}/usage`. */
export const AgentUsageQuery = UsageQuery.pick({ from: true, to: true, compare: true }).extend({
  by: z.enum(["server", "tool", "client", "outcome"]).default("tool"),
});
export type AgentUsageQueryInput = z.input<typeof AgentUsageQuery>;
export const EndUserSpend = z.object({
  /** Empty: users who are not told apart. */
  endUser: z.string(),
  spentMicros: Micros,
  capMicros: Micros.nullable(),
});
export const AgentUsage = UsageReport.extend({
  agentId: z.string(),
  agentName: z.string(),
  /** Calendar month, UTC. */
  month: z.object({
    start: Timestamp,
    end: Timestamp,
    spentMicros: Micros,
    capMicros: Micros.nullable(),
    remainingMicros: Micros.nullable(),
    calls: z.number().int(),
  }),
  /** Of the month, most first. */
  endUsers: z.array(EndUserSpend),
});
export type AgentUsage = z.infer<typeof AgentUsage>;
