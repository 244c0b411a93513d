/** Smoke tests: real MCP sessions that show whether a server works, and their stored results. */
export type { FetchLike } from "./observed-fetch.ts";
export type { SmokeTarget } from "./smoke-session.ts";
export { smokeToolCall } from "./smoke-tool-call.ts";
export { smokeToolsList } from "./smoke-tools-list.ts";
