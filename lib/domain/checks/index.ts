/** Smoke tests: real MCP sessions that show whether a server works, and their stored results. */
export { getToolDrift } from "./get-tool-drift.ts";
export { listCheckRuns } from "./list-check-runs.ts";
export { runToolCall } from "./run-tool-call.ts";
export { runToolsListSmoke } from "./run-tools-list-smoke.ts";
export { smokeToolCall } from "./smoke-tool-call.ts";
export { smokeToolsList } from "./smoke-tools-list.ts";
export { storableReport, storeSmoke } from "./store-check.ts";
