import { withoutEscapes } from "./ansi.ts";
import type { RowGroup } from "./painted-rows.ts";
import type { LineRow, LogRow } from "./rows.ts";
import { withSigns } from "./signs.ts";

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const three = (value: number): string =>
  value < 10 ? `00${value}` : value < 100 ? `0${value}` : String(value);

/** Local time of day as `HH:MM:SS.mmm`; dashes for a line that the runtime wrote before it had a clock. */
export function timeOfDay(timestampMs: number): string {
  if (timestampMs <= 0) return "--:--:--.---";
  const date = new Date(timestampMs);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${three(date.getMilliseconds())}`;
}

/** The last six characters of a request id: enough to tell neighbours apart. */
export const shortRequestId = (requestId: string): string => requestId.slice(-6);

const isoTime = (timestampMs: number): string => {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime()) ? String(timestampMs) : date.toISOString();
};

const GAP_TEXT = {
  slow_viewer: "not sent, this connection was too slow",
  no_longer_buffered: "missed, no longer in the server's memory",
  epoch_changed: "possibly missed, the stream started anew",
  unexplained: "missing without a word from the stream",
} as const;

const MARK_TEXT = {
  live: "Live from here",
  renumbered: "The log's numbering began anew here",
  newer: "Newer lines are not shown here; go live to see them",
} as const;

const countOf = (count: number | null): string =>
  count === null
    ? "An unknown number of lines"
    : `${count.toLocaleString("en-US")} ${count === 1 ? "line" : "lines"}`;

/** What a row that is no line says. */
export function remarkText(row: Exclude<LogRow, { kind: "line" }>): string {
  if (row.kind === "gap") return `${countOf(row.count)} ${GAP_TEXT[row.reason]}`;
  return row.mark === "trimmed" ? `${countOf(row.count)} left the buffer here` : MARK_TEXT[row.mark];
}

/** Names of the servers watched together, by the `source` of their lines; empty when there is but one. */
export type ServerNames = readonly string[];

function serverPart(row: LineRow, servers: ServerNames): string {
  const name = servers[row.source];
  return name === undefined ? "" : `${withSigns(withoutEscapes(name)).replaceAll("\n", " ")} `;
}

/** One row as text: time, level, request, message. Escape sequences are dropped, other unseen characters are signs. */
export function rowAsText(row: LogRow, servers: ServerNames = []): string {
  if (row.kind !== "line") return `--- ${remarkText(row)} ---`;
  const { timestamp, level, requestId, message } = row.entry;
  const head = `${isoTime(timestamp)} ${level.toUpperCase().padEnd(5)} ${requestId ?? "-"} ${serverPart(row, servers)}`;
  return head + indented(withSigns(withoutEscapes(message)));
}

/** Only the message, as somebody pastes it into a ticket. */
export const messageAsText = (row: LogRow): string =>
  row.kind === "line" ? withSigns(withoutEscapes(row.entry.message)) : remarkText(row);

/** Rows as text, one below the other. */
export const rowsAsText = (rows: readonly LogRow[], servers: ServerNames = []): string =>
  rows.map((row) => rowAsText(row, servers)).join("\n");

/** Only the messages. */
export const rowsAsMessages = (rows: readonly LogRow[]): string => rows.map(messageAsText).join("\n");

/** A painted row as it stands on the screen: local time, the letter of its level, and how many lines it stands for. */
export function rowAsShown(row: LogRow, group: RowGroup, servers: ServerNames = []): string {
  if (row.kind !== "line") return `--- ${remarkText(row)} ---`;
  const { timestamp, level, message } = row.entry;
  const lines = group.isOpen ? 1 : group.to - group.from;
  const repeated = group.kind === "repeat" && lines > 1 ? `\u00d7${lines} ` : "";
  const folded = group.kind === "stack" && lines > 1 ? ` [+${lines - 1} folded]` : "";
  const head = `${timeOfDay(timestamp)} ${level.slice(0, 1).toUpperCase()} ${serverPart(row, servers)}`;
  return head + repeated + indented(withSigns(withoutEscapes(message))) + folded;
}

/** A second line of one message is indented, so that it cannot pass for an entry of its own. */
const indented = (message: string): string => message.replaceAll("\n", "\n    ");

/** One row as a JSON object on one line; the message is the one that was received. */
export const rowAsJson = (row: LogRow, servers: ServerNames = []): string =>
  JSON.stringify(
    row.kind === "line"
      ? { ...row.entry, time: isoTime(row.entry.timestamp), server: servers[row.source] }
      : { type: row.kind, text: remarkText(row), count: row.count },
  );

/** `rows` as a file: `ndjson` or plain `text`, each line ended. */
export const rowsAsFile = (
  rows: readonly LogRow[],
  format: "ndjson" | "text",
  servers: ServerNames = [],
): string =>
  rows.map((row) => `${format === "ndjson" ? rowAsJson(row, servers) : rowAsText(row, servers)}\n`).join("");

/** The JSON value a message consists of, or ends with after some words, indented; null when there is none. */
export function prettyJson(message: string): { readonly before: string; readonly json: string } | null {
  const text = withoutEscapes(message);
  const start = text.search(/[{[]/);
  if (start === -1) return null;
  const before = text.slice(0, start);
  for (const candidate of [text.slice(start), text.slice(text.indexOf("{", start))]) {
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === "object" && value !== null) {
        return {
          before:
            candidate.length === text.length - start ? before : text.slice(0, text.length - candidate.length),
          json: JSON.stringify(value, null, 2),
        };
      }
    } catch {
      // Not JSON from here; a message like "[INFO] params {…}" has it further on.
    }
  }
  return null;
}
