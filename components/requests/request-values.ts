import type { LogLevel, Outcome, Source } from "#lib/contract/index.ts";

/** The closed lists of the contract, repeated so that the browser needs no schema for them; types hold them together. */
const outcomes = {
  ok: true,
  tool_error: true,
  protocol_error: true,
  auth_denied: true,
  grant_denied: true,
  rate_limited: true,
  budget_denied: true,
  credit_denied: true,
  too_large: true,
  timeout: true,
  upstream_error: true,
  runtime_error: true,
  canceled: true,
} as const satisfies Record<Outcome, true>;
const sources = {
  agent: true,
  embed: true,
  external: true,
  dashboard: true,
  smoke: true,
} as const satisfies Record<Source, true>;
const levels = { debug: true, info: true, warn: true, error: true } as const satisfies Record<LogLevel, true>;

const keysOf = <Key extends string>(record: Readonly<Record<Key, true>>): Key[] =>
  Object.keys(record) as Key[];

export const OUTCOMES: readonly Outcome[] = keysOf(outcomes);
export const SOURCES: readonly Source[] = keysOf(sources);
export const LEVELS: readonly LogLevel[] = keysOf(levels);
