import type { CommandSpec } from "./command.ts";
import { LEVELS, LOG_FILTER_OPTIONS, LOG_OPTION } from "./log-filters.ts";

const SERVER = { name: "server" };
const REQUEST = { name: "request" };

/** The commands about logs and single requests. */
export const LOG_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["logs", "stream"],
    summary: "Show console lines as they are written; several servers in one stream",
    args: [{ ...SERVER, isRepeated: true }],
    options: {
      level: { type: "string", value: "level", choices: LEVELS, summary: "Only this level and worse" },
      grep: { type: "string", value: "text", summary: "Only lines that contain this text, in any case" },
      regex: {
        type: "string",
        value: "pattern",
        summary: "Only lines that match this RE2 pattern, in any case",
      },
      request: { type: "string", value: "id", summary: "Only lines of this request" },
      since: {
        type: "string",
        value: "time",
        summary: "Begin with what is stored since then: 15m, 2h or a time",
      },
      tail: { type: "string", value: "count", summary: "Begin with this many past lines (default 20)" },
      follow: { type: "boolean", summary: "--no-follow shows what is there and ends" },
    },
    load: async () => (await import("./commands/logs-stream.ts")).logsStream,
  },
  {
    path: ["logs", "list"],
    summary: "List what is stored, newest first",
    args: [SERVER],
    options: {
      log: { ...LOG_OPTION, choices: ["requests", "console"], summary: "requests (default) or console" },
      page: { type: "string", value: "number", summary: "Page, counted from 1" },
      limit: { type: "string", value: "count", summary: "Rows per page (default 50)" },
      cursor: { type: "string", value: "cursor", summary: "Go on where a page ended" },
      all: { type: "boolean", summary: "Every row, page by page; with --json one row a line" },
      ...LOG_FILTER_OPTIONS,
    },
    load: async () => (await import("./commands/logs-list.ts")).logsList,
  },
  {
    path: ["logs", "export"],
    summary: "Write all rows under a filter to standard output or a file",
    args: [SERVER],
    options: {
      log: LOG_OPTION,
      format: {
        type: "string",
        value: "format",
        choices: ["ndjson", "csv", "text"],
        summary: "ndjson (default), csv or text",
      },
      output: {
        type: "string",
        short: "o",
        value: "file",
        summary: "Write to this file, which must not exist",
      },
      force: { type: "boolean", summary: "Replace the file" },
      ...LOG_FILTER_OPTIONS,
    },
    load: async () => (await import("./commands/logs-export.ts")).logsExport,
  },
  {
    path: ["logs", "histogram"],
    summary: "Show how many rows there were over time, as bars",
    args: [SERVER],
    options: {
      log: LOG_OPTION,
      bars: { type: "string", value: "count", summary: "About how many bars (default 24)" },
      ...LOG_FILTER_OPTIONS,
    },
    load: async () => (await import("./commands/logs-histogram.ts")).logsHistogram,
  },
  {
    path: ["requests", "get"],
    summary: "Show everything that is stored of one request, in the order of time",
    args: [REQUEST],
    options: {},
    load: async () => (await import("./commands/requests-get.ts")).requestsGet,
  },
  {
    path: ["requests", "replay"],
    summary: "Make a tool call again and compare the answers; exits 3 when it fails or differs",
    args: [REQUEST],
    options: {
      arguments: {
        type: "string",
        value: "json",
        summary: "Instead of the recorded ones: a JSON object, or - for standard input",
      },
    },
    load: async () => (await import("./commands/requests-replay.ts")).requestsReplay,
  },
];
