import type { LogDrain, LogDrainKind, StoredLog } from "#lib/contract/index.ts";

export const KIND_LABEL: Record<LogDrainKind, string> = {
  http_ndjson: "HTTP, one JSON object a line",
  otlp_http: "OpenTelemetry (OTLP/HTTP)",
};
export const KIND_SHORT: Record<LogDrainKind, string> = { http_ndjson: "NDJSON", otlp_http: "OTLP" };
export const LOG_LABEL: Record<StoredLog, string> = {
  requests: "Requests",
  console: "Console lines",
  upstream: "Upstream calls",
};
export const LOGS = ["requests", "console", "upstream"] as const satisfies readonly StoredLog[];

/** What a drain sends, e.g. `Requests and console lines of 2 servers, warn and worse`. */
export function sentText({ logs, serverIds, levelMin }: LogDrain): string {
  const names = LOGS.filter((log) => logs.includes(log)).map((log) => LOG_LABEL[log].toLowerCase());
  const listed = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");
  const servers =
    serverIds === null ? "all servers" : serverIds.length === 1 ? "1 server" : `${serverIds.length} servers`;
  const level =
    levelMin === "debug" ? "" : levelMin === "error" ? ", errors only" : `, ${levelMin} and worse`;
  return `${listed.charAt(0).toUpperCase()}${listed.slice(1)} of ${servers}${level}`;
}
