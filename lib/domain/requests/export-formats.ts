import type { ConsoleLine, ExportFormat, RequestRow, StoredLog, UpstreamCall } from "#lib/contract/index.ts";
import { plainLine, plainText } from "#lib/kernel/terminal-text.ts";
import { csv } from "../csv/index.ts";

export type ExportedRow = RequestRow | ConsoleLine | UpstreamCall;

/** Turns rows into the text of a file. */
export interface ExportWriter {
  readonly contentType: string;
  readonly extension: string;
  /** What the file begins with. */
  readonly begin: string;
  rows(rows: readonly ExportedRow[]): string;
  /** What the file ends with; empty where the format has no place for it. */
  end(summary: { rows: number; isCapped: boolean }): string;
}

type Cell = string | number | boolean | null;
/** A row as cells and as lines; which of the three kinds it is follows from the log it comes from. */
interface RowShape<Row> {
  readonly columns: readonly string[];
  cells(row: Row): readonly Cell[];
  /** One entry of a text file: what it is, and texts of its own lines. */
  text(row: Row): TextEntry;
}
interface TextEntry {
  readonly head: readonly Cell[];
  readonly body: string | null;
}

const requestShape: RowShape<RequestRow> = {
  columns: [
    ...[
      "timestamp",
      "level",
      "outcome",
      "method",
      "tool",
      "durationMs",
      "httpStatus",
      "rpcErrorCode",
      "error",
    ],
    ...["source", "clientName", "clientVersion", "agentId", "gatewayId", "version", "region", "kind", "era"],
    ...["session", "requestBytes", "responseBytes", "decision", "principal", "requestId", "id"],
  ],
  cells: (row) => [
    ...[row.timestamp, row.level, row.outcome, row.method, row.tool, row.durationMs, row.httpStatus],
    ...[row.rpcErrorCode, row.error, row.source, row.client.name, row.client.version, row.agentId],
    ...[row.gatewayId, row.version, row.region, row.kind, row.era, row.session, row.requestBytes],
    ...[
      row.responseBytes,
      row.decision?.reason ?? null,
      row.decision?.principal ?? null,
      row.requestId,
      row.id,
    ],
  ],
  text: (row) => ({
    head: [
      ...[row.timestamp, row.level.toUpperCase(), row.outcome, row.method, row.tool],
      ...[`${Math.round(row.durationMs)} ms`, row.source, row.client.name, row.requestId],
    ],
    body: row.error,
  }),
};

const timeOf = (line: ConsoleLine): string => new Date(line.timestamp).toISOString();
const consoleShape: RowShape<ConsoleLine> = {
  columns: [
    "timestamp",
    "level",
    "message",
    "method",
    "requestId",
    "version",
    "epoch",
    "seq",
    "truncated",
    "id",
  ],
  cells: (line) => [
    ...[timeOf(line), line.level, line.message, line.method ?? null, line.requestId ?? null, line.version],
    ...[line.epoch, line.seq, line.truncated ?? false, line.id],
  ],
  text: (line) => ({
    head: [timeOf(line), line.level.toUpperCase(), line.requestId ?? "-"],
    body: line.truncated ? `${line.message} … (cut; it had ${line.bytes ?? "more"} bytes)` : line.message,
  }),
};

const upstreamShape: RowShape<UpstreamCall> = {
  columns: [
    ...["timestamp", "level", "outcome", "method", "url", "httpStatus", "durationMs", "error"],
    ...["requestBytes", "responseBytes", "version", "requestId", "id"],
  ],
  cells: (call) => [
    ...[call.timestamp, call.level, call.outcome, call.method, call.url, call.httpStatus, call.durationMs],
    ...[call.error, call.requestBytes, call.responseBytes, call.version, call.requestId, call.id],
  ],
  text: (call) => ({
    head: [
      ...[call.timestamp, call.level.toUpperCase(), call.outcome, call.method, call.url, call.httpStatus],
      ...[`${Math.round(call.durationMs)} ms`, call.requestId],
    ],
    body: call.error,
  }),
};

const SHAPES: Record<StoredLog, RowShape<never>> = {
  requests: requestShape,
  console: consoleShape,
  upstream: upstreamShape,
};

/**
 * The writer of a format. NDJSON: an object per row, then `{"export":{"rows":…,"isCapped":…}}`. CSV (RFC 4180, with a
 * header): every cell is quoted, and a text that a spreadsheet would calculate gets a leading `'`; it has no place for a
 * summary, so a file with as many rows as an export may have should be taken as cut. Text: an entry per row whose
 * further lines are indented, without anything that a terminal would act on, then a line that says how many.
 */
export function exportWriter(log: StoredLog, format: ExportFormat): ExportWriter {
  // The rows of a log are of the kind of its shape: `readRows` reads them by the same name.
  const shape = SHAPES[log] as RowShape<ExportedRow>;
  switch (format) {
    case "ndjson":
      return {
        contentType: "application/x-ndjson",
        extension: "ndjson",
        begin: "",
        rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
        end: (summary) => `${JSON.stringify({ export: summary })}\n`,
      };
    case "csv":
      return {
        contentType: "text/csv; charset=utf-8; header=present",
        extension: "csv",
        begin: csv([shape.columns]),
        rows: (rows) => csv(rows.map((row) => shape.cells(row))),
        end: () => "",
      };
    case "text":
      return {
        contentType: "text/plain; charset=utf-8",
        extension: "txt",
        begin: "",
        rows: (rows) => rows.map((row) => entry(shape.text(row))).join(""),
        end: ({ rows, isCapped }) =>
          isCapped ? `# ${rows} rows; older ones are left out\n` : `# ${rows} rows\n`,
      };
  }
}

/** What starts a new line somewhere, even if not in a terminal. */
const LINE_ENDS = /[\n\u2028\u2029]/;

function entry({ head, body }: TextEntry): string {
  const words = head.filter((word) => word !== null).map((word) => oneLine(String(word)));
  const [first = "", ...more] =
    body === null ? [] : plainText(body.replaceAll(/\r\n?/g, "\n")).split(LINE_ENDS);
  const lines = [
    [...words, ...(first === "" ? [] : [first])].join(" "),
    ...more.map((line) => `    ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

const oneLine = (text: string): string => plainLine(text).replaceAll(/[\u2028\u2029]/g, " ");
