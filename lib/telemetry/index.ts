/** Structured logs that never hold a secret. */
export { createLog, type Log, type LogOptions } from "./log.ts";
export { redact, redactText } from "./redact.ts";
