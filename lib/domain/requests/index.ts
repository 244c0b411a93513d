/**
 * The request log and the history of console lines: how facts are written, counted and read. Rows and counts are
 * written together, so totals and deep pages come from the counts and agree with the rows.
 */
export { type DeletedFacts, deleteExpiredFacts } from "./delete-expired-facts.ts";
export { DURATION_BOUNDS_MS, durationBucket, percentileMs } from "./duration-buckets.ts";
export { levelOfRequest } from "./fact-levels.ts";
export type { ConsoleFact, RequestBatch, RequestFact } from "./facts.ts";
export { getLogStreamStatus } from "./get-log-stream-status.ts";
export { getRequest } from "./get-request.ts";
export { listConsoleLines } from "./list-console-lines.ts";
export { listRequests } from "./list-requests.ts";
export { createRollupTools, OTHER_TOOLS, type RollupTools } from "./rollup-tools.ts";
export {
  callsByHour,
  type HourOfCalls,
  organizationP95,
  type ServerStats,
  serverStats,
} from "./server-stats.ts";
export { writeConsoleFacts } from "./write-console-facts.ts";
export { writeRequestFacts } from "./write-request-facts.ts";
