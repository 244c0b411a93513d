import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import { Timestamp } from "./common.ts";

/** What calls can be told apart by when two windows are compared. `key`: who called; `size`: response size classes. */
export const COMPARE_DIMENSIONS = [
  "client",
  "agent",
  "source",
  "tool",
  "key",
  "region",
  "version",
  "outcome",
  "size",
] as const;
export const CompareDimension = z.enum(COMPARE_DIMENSIONS);
export type CompareDimension = z.infer<typeof CompareDimension>;

/** `previous`: the window of the same length just before; `day`, `week`: the same hours earlier. */
export const COMPARE_AGAINST = ["previous", "day", "week"] as const;

const name = z.string().max(limits.incidents.errorGroupTextCharactersMax);
const Counted = z.object({ calls: z.number().int(), errors: z.number().int(), share: z.number() });

/** One value of a dimension whose share of the calls, or of the failing calls, moved. */
export const Shift = z.object({
  dimension: CompareDimension,
  /** E.g. a tool name or an agent id; empty where calls named none. */
  key: name,
  label: name,
  now: Counted,
  before: Counted,
  /** Change of its share of all calls, −1 to 1. */
  shareChange: z.number(),
  /** Change of its error rate, −1 to 1; null with too few calls to say. */
  errorRateChange: z.number().nullable(),
  /** How surprising the difference is by a G-test of the dimension's counts, 0 to 1: small is surprising. */
  pValue: z.number(),
});
export type Shift = z.infer<typeof Shift>;

/** This window against an earlier one: the largest shifts first. No shifts is a result: nothing moved. */
export const WindowComparison = z.object({
  against: z.enum(COMPARE_AGAINST),
  window: z.object({ from: Timestamp, to: Timestamp }),
  compared: z.object({ from: Timestamp, to: Timestamp }),
  now: z.object({ calls: z.number().int(), errors: z.number().int() }),
  before: z.object({ calls: z.number().int(), errors: z.number().int() }),
  shifts: z.array(Shift),
  /** Dimensions that were looked at, so that what did not move is known as well. */
  dimensions: z.array(CompareDimension),
  /** One of the windows has more rows than are read: shares are of the newest ones. */
  isSampled: z.boolean(),
});
export type WindowComparison = z.infer<typeof WindowComparison>;

/** `GET …/mcp-servers/{server}/compare`. */
export const CompareQuery = z.object({
  from: Timestamp,
  to: Timestamp,
  against: z.enum(COMPARE_AGAINST).default("previous"),
  agent: z.string().min(1).max(100).optional(),
  tool: name.optional(),
});
