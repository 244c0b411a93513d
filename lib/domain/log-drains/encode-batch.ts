import type { DrainRecord, LogDrainKind, LogLevel } from "#lib/contract/index.ts";

/** OpenTelemetry's severity numbers, as the log data model has them. */
const SEVERITY: Record<LogLevel, number> = { debug: 5, info: 9, warn: 13, error: 17 };

export const CONTENT_TYPE: Record<LogDrainKind, string> = {
  http_ndjson: "application/x-ndjson",
  otlp_http: "application/json",
};

/** The body that carries `records` in their order. */
export const encodeBatch = (kind: LogDrainKind, records: readonly DrainRecord[]): string =>
  kind === "http_ndjson"
    ? `${records.map((record) => JSON.stringify(record)).join("\n")}\n`
    : JSON.stringify({ resourceLogs: resourceLogsOf(records) });

type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } };
interface Attribute {
  key: string;
  value: AnyValue;
}

/** One resource for each run of records of one server and log: what arrives stays in the order in which it was stored. */
function resourceLogsOf(records: readonly DrainRecord[]) {
  const runs: DrainRecord[][] = [];
  for (const record of records) {
    const run = runs.at(-1);
    const before = run?.[0];
    if (run && before?.serverId === record.serverId && before.log === record.log) run.push(record);
    else runs.push([record]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    if (!first) return [];
    const resource = {
      attributes: [text("service.name", first.server), text("mcpstack.server.id", first.serverId)],
    };
    const scopeLogs = [{ scope: { name: `mcpstack.${first.log}` }, logRecords: run.map(logRecordOf) }];
    return [{ resource, scopeLogs }];
  });
}

const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });

function logRecordOf(record: DrainRecord) {
  const { timestamp, level, ...rest } = record;
  const traceId = record.log === "requests" ? record.traceId : null;
  const timeUnixNano = `${Date.parse(timestamp)}000000`;
  return {
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: SEVERITY[level],
    severityText: level.toUpperCase(),
    body: { stringValue: bodyOf(record) },
    attributes: attributesOf(rest),
    ...(traceId === null ? {} : { traceId }),
  };
}

/** What a person reads first. */
function bodyOf(record: DrainRecord): string {
  switch (record.log) {
    case "console":
      return record.message;
    case "requests":
      return [record.method ?? record.kind, record.tool, record.outcome, record.error]
        .filter((part) => part !== null)
        .join(" ");
    case "upstream":
      return [record.method, record.url, record.httpStatus ?? record.outcome, record.error]
        .filter((part) => part !== null)
        .join(" ");
  }
}

/** What the record, its resource or its scope says itself. */
const SAID_ELSEWHERE: ReadonlySet<string> = new Set(["log", "server", "serverId", "message", "traceId"]);

/** Every other field under `mcpstack.` and its path, e.g. `mcpstack.client.name`; those without a value are left out. */
const attributesOf = (fields: Readonly<Record<string, unknown>>): Attribute[] =>
  Object.entries(fields).flatMap(([name, value]) =>
    SAID_ELSEWHERE.has(name) ? [] : flatten(`mcpstack.${name}`, value),
  );

function flatten(key: string, value: unknown): Attribute[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object" && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, inner]) => flatten(`${key}.${name}`, inner));
  return [{ key, value: anyValue(value) }];
}

function anyValue(value: unknown): AnyValue {
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { stringValue: typeof value === "string" ? value : JSON.stringify(value) };
}
