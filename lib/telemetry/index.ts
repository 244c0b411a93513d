/** Structured logs that never hold a secret. */
export { createLog, type Log } from "./log.ts";
