import { describe, expect, test } from "vitest";
import { timelineOf } from "#lib/contract/call-timeline.ts";
import type { Histogram, LogEntry, ReplayResult, RequestDetail } from "#lib/contract/index.ts";
import { plainText, terminalJson } from "#lib/kernel/terminal-text.ts";
import { FORBIDDEN_IN_TERMINAL, HOSTILE_LINES } from "#lib/testing/hostile-lines.ts";
import { bodiesText, callFacts, durationText, stepsText } from "./call-text.ts";
import { histogramText } from "./commands/logs-histogram.ts";
import { entryFilter } from "./commands/logs-stream.ts";
import { replayText } from "./commands/requests-replay.ts";
import { entryText, gapText } from "./log-line-text.ts";
import { momentOf } from "./moment.ts";
import { facts } from "./output.ts";

const AT = "2026-03-10T12:00:00.000Z";

/** A call in which a stranger wrote `text` wherever one can. */
function callWith(text: string): RequestDetail {
  return {
    requestId: "req_1",
    serverId: "srv_1",
    timestamp: AT,
    rows: [
      {
        id: "log_1",
        requestId: "req_1",
        timestamp: AT,
        level: "error",
        outcome: "tool_error",
        kind: "request",
        era: "modern",
        method: text,
        tool: text,
        source: "agent",
        client: { name: text, version: text },
        agentId: null,
        gatewayId: null,
        serverId: "srv_1",
        version: "1.0.0",
        region: "eu-1",
        httpStatus: 200,
        rpcErrorCode: null,
        error: text,
        durationMs: 12.34,
        requestBytes: 1,
        responseBytes: 1,
        session: null,
        decision: {
          allowed: false,
          reason: text,
          principal: null,
          principalName: null,
          grantId: null,
          explanation: null,
        },
        endUser: null,
        agentSession: null,
        billing: null,
        amountMicros: null,
      },
    ],
    lines: [
      {
        id: "line_1",
        epoch: "e",
        seq: 1,
        timestamp: Date.parse(AT) + 5,
        level: "warn",
        message: text,
        version: null,
      },
    ],
    linesAreCapped: false,
    upstream: [
      {
        id: "upc_1",
        requestId: "req_1",
        timestamp: AT,
        level: "error",
        outcome: "failed",
        method: text,
        url: text,
        httpStatus: null,
        error: text,
        durationMs: 3,
        requestBytes: 0,
        responseBytes: 0,
        version: null,
      },
    ],
    upstreamIsCapped: false,
    bodies: [{ id: "log_1", request: text, response: text, requestBytes: 1, responseBytes: 1 }],
    recordsBodies: true,
    billability: [
      {
        id: "log_1",
        isBillable: true,
        amountMicros: "145",
        txId: null,
        priceVersion: "metered@1",
        reason: "…",
      },
    ],
    gaps: [{ kind: "lines_missing", requestId: null, timestamp: AT, message: text }],
  };
}

describe("text of strangers", () => {
  test.each(HOSTILE_LINES)("$name does nothing to a terminal, in any form", ({ text }) => {
    const entry: LogEntry = { timestamp: 0, level: "info", message: text, seq: 1 };
    const detail = callWith(text);
    const timeline = timelineOf(detail);
    const result = { content: [{ type: "text", text }] };
    const replay: ReplayResult = {
      original: { requestId: text, outcome: "ok", durationMs: 1, response: result },
      replay: {
        requestId: text,
        status: "failed",
        outcome: text,
        durationMs: 1,
        response: result,
        failure: text,
      },
      differences: [{ path: `/${text}`, before: text, after: { [text]: text } }],
      differencesAreCapped: false,
      isComparable: true,
    };
    const written = [
      plainText(text),
      terminalJson(entry),
      entryText(entry, false),
      stepsText(timeline, false),
      facts(callFacts(detail, timeline)),
      bodiesText(detail),
      replayText(replay),
    ];
    for (const output of written) expect(output).not.toMatch(FORBIDDEN_IN_TERMINAL);
  });

  test("no line of a message can pose as another entry", () => {
    const entry: LogEntry = { timestamp: 0, level: "info", message: "a\n12:00:00.000  ERROR forged", seq: 1 };
    expect(entryText(entry, false).split("\n")[1]).toMatch(/^ {20}12:00/);
    expect(entryText(entry, false, { text: "api │ ", width: 6 }).split("\n")[1]).toMatch(/^ {26}12:00/);
    const steps = stepsText(timelineOf(callWith("a\nb")), false)
      .trimEnd()
      .split("\n");
    expect(steps.filter((step) => /^\d\d:/.test(step))).toHaveLength(6);
  });
});

test("the timeline of a call shows when, how long after its start, where, how bad, what", () => {
  const text = stepsText(timelineOf(callWith("x")), false);
  expect(text).toMatch(/\+0 ms {2}client {4}INFO {2}x x from x\n/);
  expect(text).toMatch(/gateway {3}WARN {2}denied: x\n/);
  expect(text).toMatch(/upstream {2}ERROR x x: x \(3 ms\)\n/);
  expect(text).toMatch(/\+5 ms {2}runtime {3}WARN {2}x\n/);
  expect(text).toMatch(/\+12.3 ms {2}response {2}ERROR tool_error, HTTP 200: x\n$/);
  expect([0, 0.04, 9_999.95, 12_345, -7].map(durationText)).toEqual([
    "0 ms",
    "0 ms",
    "10000 ms",
    "12.3 s",
    "-7 ms",
  ]);
});

describe("a histogram", () => {
  const bar = (at: string, over: Partial<Histogram["bars"][number]> = {}) => ({
    at,
    debug: 0,
    info: 0,
    warn: 0,
    error: 0,
    ...over,
  });
  const of = (bars: Histogram["bars"], barMs = 60_000): Histogram => ({
    from: AT,
    to: AT,
    barMs,
    bars,
    countedBackTo: null,
    asOf: AT,
  });

  test("draws the largest bar over the whole width, and one row at least as a sliver", () => {
    const [most = "", few = "", none = ""] = histogramText(
      of([bar(AT, { info: 10_000 }), bar(AT, { error: 1 }), bar(AT)]),
      false,
    ).split("\n");
    expect(most).toBe(`2026-03-10 12:00Z  ${"█".repeat(40)}  10000`);
    expect(few).toBe(`2026-03-10 12:00Z  ▏${" ".repeat(39)}      1  1 error`);
    expect(none).toBe(`2026-03-10 12:00Z  ${" ".repeat(40)}      0`);
  });

  test("one error among many rows is still red, and the bar keeps its length", () => {
    const text = histogramText(of([bar(AT, { info: 999, warn: 2, error: 1 })]), true);
    expect(text).toContain("\u001b[31m█\u001b[0m\u001b[33m█\u001b[0m");
    expect(text.match(/█/g)).toHaveLength(40);
    expect(text).toContain("1 error, 2 warnings");
  });

  test("seconds are shown where bars are narrower than a minute; nothing is said plainly", () => {
    expect(histogramText(of([bar(AT, { info: 1 })], 1_000), false)).toContain("12:00:00Z");
    expect(histogramText(of([bar(AT)]), false)).toBe("No row matches.\n");
  });
});

describe("moments", () => {
  const NOW_MS = Date.parse(AT);
  test.each([
    ["15m", "2026-03-10T11:45:00.000Z"],
    ["2h", "2026-03-10T10:00:00.000Z"],
    ["7d", "2026-03-03T12:00:00.000Z"],
    ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"],
    ["2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000Z"],
  ])("%s is %s", (text, at) => {
    expect(momentOf("since", text, NOW_MS)).toBe(at);
  });

  test.each(["", "yesterday", "15", "-1m", "9999999999d", "1e9", "275760-09-13T00:00:00Z", "15 m; rm -rf /"])(
    "%j is no time, and the flag is named",
    (text) => {
      expect(() => momentOf("since", text, NOW_MS)).toThrow(/--since .* is no time/);
    },
  );
});

test("an entry is shown when it matches everything that was asked for", () => {
  const entry: LogEntry = {
    timestamp: 1_000,
    level: "warn",
    message: "Refund 17",
    seq: 1,
    requestId: "req_1",
  };
  expect(entryFilter({})(entry)).toBe(true);
  expect(entryFilter({ requestId: "req_1", sinceMs: 1_000, pattern: (text) => /\d/.test(text) })(entry)).toBe(
    true,
  );
  expect(entryFilter({ requestId: "req_2" })(entry)).toBe(false);
  expect(entryFilter({ sinceMs: 1_001 })(entry)).toBe(false);
  expect(entryFilter({ pattern: () => false })(entry)).toBe(false);
  const lost = { ...entry, lostLines: 40 };
  expect(entryFilter({ level: "error", requestId: "req_2", text: "none", pattern: () => false })(lost)).toBe(
    true,
  );
  expect(entryFilter({ sinceMs: 1_001 })(lost)).toBe(false);
  expect(gapText({ count: 3, reason: "r" }, { text: "api │ ", width: 6 })).toMatch(/^api │ ──── 3 lines/);
});
