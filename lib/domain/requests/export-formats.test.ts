import { describe, expect, test } from "vitest";
import type { ConsoleLine, RequestRow } from "#lib/contract/index.ts";
import { storableText } from "#lib/kernel/text.ts";
import { HOSTILE_LINES } from "#lib/testing/hostile-lines.ts";
import { exportWriter } from "./export-formats.ts";

const line = (message: string): ConsoleLine => ({
  id: "log_1",
  epoch: "epoch-1",
  seq: 1,
  timestamp: Date.parse("2026-03-10T12:00:00.000Z"),
  level: "info",
  method: "log",
  message,
  version: null,
});
const corpus = HOSTILE_LINES.map(({ name, text }) => [name, storableText(text)] as const);

/** The records of a CSV file, read by its rules alone. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let rest = text;
  while (rest !== "") {
    const record: string[] = [];
    for (;;) {
      const cell = /^"((?:[^"]|"")*)"(,|\r\n)/.exec(rest);
      if (!cell) throw new Error(`not a quoted cell: ${rest.slice(0, 40)}`);
      record.push((cell[1] ?? "").replaceAll('""', '"'));
      rest = rest.slice(cell[0].length);
      if (cell[2] !== ",") break;
    }
    records.push(record);
  }
  return records;
}

describe.each(corpus)("%s", (_name, text) => {
  test("is one object in NDJSON, with every character", () => {
    const writer = exportWriter("console", "ndjson");
    const lines = writer.rows([line(text), line("next")]).split("\n");
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? "")).toEqual(line(text));
  });

  test("is one cell in CSV that no spreadsheet calculates", () => {
    const writer = exportWriter("console", "csv");
    const [header = [], record = [], next = [], ...more] = readCsv(
      writer.begin + writer.rows([line(text), line("next")]),
    );
    expect(more).toEqual([]);
    expect(next[header.indexOf("message")]).toBe("next");
    expect(record).toHaveLength(header.length);
    const cell = record[header.indexOf("message")] ?? "";
    expect(cell.replace(/^'/, "")).toBe(text.replace(/^'/, ""));
    expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  });

  test("is one entry of a text file, without anything that a terminal acts on", () => {
    const text_ = exportWriter("console", "text").rows([line(text), line("next")]);
    const entries = text_.split(/\n|\u2028|\u2029/).filter((part) => part !== "" && !part.startsWith("    "));
    expect(entries).toHaveLength(2);
    expect(entries.every((part) => part.startsWith("2026-03-10T12:00:00.000Z INFO"))).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(text_).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
});

test("a request's texts cannot forge an entry, a cell or a column either", () => {
  const row: RequestRow = {
    id: "log_1",
    requestId: "req_1",
    timestamp: "2026-03-10T12:00:00.000Z",
    level: "error",
    outcome: "tool_error",
    kind: "request",
    era: "modern",
    method: "tools/call\n2026-03-10T12:00:00.000Z INFO",
    tool: '=HYPERLINK("http://evil.test")',
    source: "external",
    client: { name: "\t=1+1", version: "-1" },
    agentId: null,
    gatewayId: null,
    serverId: "srv_1",
    version: null,
    region: "eu-1",
    httpStatus: 200,
    rpcErrorCode: -32_000,
    error: "first\r\nsecond",
    durationMs: 12.4,
    requestBytes: 1,
    responseBytes: 2,
    session: null,
    decision: null,
    endUser: null,
    agentSession: null,
    billing: null,
    amountMicros: null,
  };
  const [header = [], record = []] = readCsv(
    exportWriter("requests", "csv").begin + exportWriter("requests", "csv").rows([row]),
  );
  const cell = (name: string) => record[header.indexOf(name)];
  expect(cell("tool")).toBe(`'${row.tool}`);
  expect(cell("clientName")).toBe("'\t=1+1");
  expect(cell("clientVersion")).toBe("'-1");
  // A number is no text of a stranger: it can be summed and sorted.
  expect(cell("rpcErrorCode")).toBe("-32000");
  expect(exportWriter("requests", "text").rows([row]).split("\n")).toEqual([
    '2026-03-10T12:00:00.000Z ERROR tool_error tools/call 2026-03-10T12:00:00.000Z INFO =HYPERLINK("http://evil.test") 12 ms external  =1+1 req_1 first',
    "    second",
    "",
  ]);
});

test("a file says how many rows it has, where its format has a place for that", () => {
  const summary = { rows: 7, isCapped: true };
  expect(JSON.parse(exportWriter("requests", "ndjson").end(summary))).toEqual({ export: summary });
  expect(exportWriter("requests", "text").end(summary)).toBe("# 7 rows; older ones are left out\n");
  expect(exportWriter("requests", "csv").end(summary)).toBe("");
});
