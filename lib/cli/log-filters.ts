import { usageError } from "./cli-error.ts";
import { type CommandCall, type OptionSpec, textOption } from "./command.ts";
import { momentOf } from "./moment.ts";

export const LEVELS = ["debug", "info", "warn", "error"] as const;
const LOGS = ["requests", "console", "upstream"] as const;

/** Flags and the query parameters that they become; the API says which of them a log knows. */
const PARAMETERS = {
  level: "level",
  outcome: "outcome",
  source: "source",
  tool: "tool",
  method: "method",
  client: "client",
  agent: "agent",
  gateway: "gateway",
  region: "region",
  version: "version",
  request: "requestId",
  session: "session",
  "duration-min": "durationMin",
  "duration-max": "durationMax",
  "request-bytes-min": "requestBytesMin",
  "request-bytes-max": "requestBytesMax",
  "response-bytes-min": "responseBytesMin",
  "response-bytes-max": "responseBytesMax",
  grep: "q",
} as const;

const text = (value: string, summary: string): OptionSpec => ({ type: "string", value, summary });

/** What the rows of a log can be chosen by. */
export const LOG_FILTER_OPTIONS: Readonly<
  Record<keyof typeof PARAMETERS | "since" | "from" | "to", OptionSpec>
> = {
  level: text("levels", "debug, info, warn, error; several with commas"),
  outcome: text("outcomes", "ok, tool_error, timeout …; several with commas"),
  source: text("sources", "agent, embed, external, dashboard, smoke; several with commas"),
  tool: text("name", "Only calls of this tool"),
  method: text("name", "Only this MCP or HTTP method"),
  client: text("name", "Only this MCP client"),
  agent: text("id", "Only this agent"),
  gateway: text("id", "Only through this gateway"),
  region: text("name", "Only this region"),
  version: text("semver", "Only this version of the server"),
  request: text("id", "Only this request"),
  session: text("hash", "Only this session, as rows name it"),
  "duration-min": text("ms", "Only calls that took at least this long"),
  "duration-max": text("ms", "Only calls that took at most this long"),
  "request-bytes-min": text("bytes", "Only messages of at least this size"),
  "request-bytes-max": text("bytes", "Only messages of at most this size"),
  "response-bytes-min": text("bytes", "Only answers of at least this size"),
  "response-bytes-max": text("bytes", "Only answers of at most this size"),
  grep: text("text", "Only rows that contain this text, in any case"),
  since: text("time", "Not before this time: 15m, 2h, 7d or 2026-03-01T12:00:00Z"),
  from: text("time", "The same as --since"),
  to: text("time", "Before this time"),
};

/** Which log is meant. */
export const LOG_OPTION: OptionSpec = {
  type: "string",
  value: "log",
  choices: LOGS,
  summary: "requests (default), console or upstream",
};

/** The log that is asked for. */
export const logOf = (call: CommandCall): (typeof LOGS)[number] =>
  LOGS.find((log) => log === textOption(call, "log")) ?? "requests";

/** The filter as query parameters. Throws a usage error for times that are none. */
export function filterParameters(call: CommandCall): URLSearchParams {
  const query = new URLSearchParams();
  for (const [flag, parameter] of Object.entries(PARAMETERS)) {
    const value = textOption(call, flag);
    if (value !== undefined) query.set(parameter, value);
  }
  const since = textOption(call, "since");
  const from = textOption(call, "from");
  if (since !== undefined && from !== undefined)
    throw usageError("--since and --from say the same.", "Use one of them.");
  const nowMs = call.io.nowMs();
  if (since !== undefined) query.set("from", momentOf("since", since, nowMs));
  if (from !== undefined) query.set("from", momentOf("from", from, nowMs));
  const to = textOption(call, "to");
  if (to !== undefined) query.set("to", momentOf("to", to, nowMs));
  return query;
}

/** A path with its query, if there is one. */
export const withQuery = (path: string, query: URLSearchParams): string =>
  query.size > 0 ? `${path}?${query}` : path;
