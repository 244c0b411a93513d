import { UsageQuery, type UsageReport } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { usageConditions } from "./usage-filter.ts";
import { usageReport } from "./usage-report.ts";

/**
 * The tool calls of a window by one dimension, what they cost, and how both changed against an earlier window: biggest
 * change first, then the biggest. Exact, from the hourly counts, whatever logs are kept. Throws `invalid_input` for a
 * window that is none, `not_found` for a server or an agent that is not the organization's.
 */
export const getUsage = query({
  name: "usage.get",
  scope: "usage:read",
  input: UsageQuery,
  run: async (ctx, input): Promise<UsageReport> => usageReport(ctx, input, await usageConditions(ctx, input)),
});
