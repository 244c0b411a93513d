import { LOG_LEVELS, type LogLevel, type Outcome, type RequestKind } from "#lib/contract/index.ts";

/** How the fact tables number levels: 0 debug, 1 info, 2 warn, 3 error. */
export const levelNumber = (level: LogLevel): number => LOG_LEVELS.indexOf(level);

/** The level of a stored number; anything unknown reads as info. */
export const levelOfNumber = (number: number): LogLevel => LOG_LEVELS[number] ?? "info";

/** A refusal is a warning, because the platform did what it was told; a failure is an error. */
const LEVEL_OF_OUTCOME: Record<Outcome, LogLevel> = {
  ok: "info",
  canceled: "info",
  auth_denied: "warn",
  grant_denied: "warn",
  rate_limited: "warn",
  budget_denied: "warn",
  credit_denied: "warn",
  tool_error: "error",
  protocol_error: "error",
  too_large: "error",
  timeout: "error",
  upstream_error: "error",
  runtime_error: "error",
};

/** The level of a request row. A probe is a client finding out what it may do: never more than debug. */
export const levelOfRequest = (outcome: Outcome, kind: RequestKind): LogLevel =>
  kind === "probe" ? "debug" : LEVEL_OF_OUTCOME[outcome];
