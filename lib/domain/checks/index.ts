/**
 * Checks and their stored results: smokes (real MCP sessions), hosting checks on every edge, canaries by hand and by
 * schedule, and how the tools of a server changed.
 */
export { type CanarySchedule, createCanarySchedule } from "./canary-schedule.ts";
export { deleteOldChecks } from "./delete-old-checks.ts";
export { explainNetwork } from "./explain-failure.ts";
export { getToolDrift } from "./get-tool-drift.ts";
export { judgeCanary } from "./judge-canary.ts";
export { listCheckRuns } from "./list-check-runs.ts";
export { listHostingChecks, storedHostingCheck } from "./list-hosting-checks.ts";
export { probeAsAgent, probeCanary, probeEras } from "./probe-server.ts";
export { replayRequest } from "./replay-request.ts";
export { runCanary } from "./run-canary.ts";
export { runHostingCheck } from "./run-hosting-check.ts";
export { runToolCall } from "./run-tool-call.ts";
export { runToolsListSmoke } from "./run-tools-list-smoke.ts";
export { smokeToolCall } from "./smoke-tool-call.ts";
export { smokeToolsList } from "./smoke-tools-list.ts";
export { storableReport, storeSmoke } from "./store-check.ts";
export { toolListChange } from "./tool-list-change.ts";
