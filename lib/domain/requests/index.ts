/**
 * The request log and the history of console lines: how facts are written, counted and read. Rows and counts are
 * written together, so totals and deep pages come from the counts and agree with the rows.
 */
export { agentStats } from "./agent-stats.ts";
export { CANARY_ORGANIZATION, forgetCanaryLines, readCanaryLines } from "./canary-lines.ts";
export { deleteExpiredFacts } from "./delete-expired-facts.ts";
export { bucketsAbove, percentileMs } from "./duration-buckets.ts";
export { exportLog } from "./export-log.ts";
export { levelNumber, levelOfNumber, levelOfRequest } from "./fact-levels.ts";
export type {
  ConsoleFact,
  FactBilling,
  FactDecision,
  MessageBodies,
  RequestFact,
  UpstreamFact,
} from "./facts.ts";
export { readGatewayLog } from "./gateway-log.ts";
export { gatewayStats } from "./gateway-stats.ts";
export { getConsoleContext } from "./get-console-context.ts";
export { getLogFacets } from "./get-log-facets.ts";
export { getLogHistogram } from "./get-log-histogram.ts";
export { getLogStorage } from "./get-log-storage.ts";
export { getLogStreamStatus, viewersOf } from "./get-log-stream-status.ts";
export { getLogTimeline } from "./get-log-timeline.ts";
export { getRequest } from "./get-request.ts";
export { listConsoleLines } from "./list-console-lines.ts";
export { listConsoleLog } from "./list-console-log.ts";
export { listRequests } from "./list-requests.ts";
export { createRollupNames } from "./rollup-names.ts";
export {
  callsByHour,
  organizationP95,
  serverStats,
} from "./server-stats.ts";
export {
  type PlacedRow,
  readInStoreOrder,
  readRowsById,
  type StorePlace,
  transactionBounds,
} from "./store-order.ts";
export { writeConsoleFacts } from "./write-console-facts.ts";
export { writeRequestFacts } from "./write-request-facts.ts";
export { levelOfUpstreamCall, writeUpstreamFacts } from "./write-upstream-facts.ts";
