import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timelineOf } from "./call-timeline.ts";
import type { ConsoleLine, RequestDetail, RequestRow, UpstreamCall } from "./requests.ts";

const START_MS = Date.parse("2026-03-10T12:00:00Z");
const iso = (offsetMs: number) => new Date(START_MS + offsetMs).toISOString();

const row = (over: Partial<RequestRow> = {}): RequestRow => ({
  id: "log_1",
  requestId: "req_1",
  timestamp: iso(0),
  level: "info",
  outcome: "ok",
  kind: "request",
  era: "modern",
  method: "tools/call",
  tool: "search",
  source: "agent",
  client: { name: "Claude", version: "1" },
  agentId: null,
  gatewayId: "gw_1",
  serverId: "srv_1",
  version: "1.0.0",
  region: "eu-1",
  httpStatus: 200,
  rpcErrorCode: null,
  error: null,
  durationMs: 100,
  requestBytes: 1,
  responseBytes: 1,
  session: null,
  decision: {
    allowed: true,
    reason: "allowed",
    principal: null,
    principalName: null,
    grantId: null,
    explanation: null,
  },
  endUser: null,
  agentSession: null,
  billing: null,
  amountMicros: null,
  ...over,
});
const line = (seq: number, offsetMs: number): ConsoleLine => ({
  id: `line-${seq}`,
  epoch: "e1",
  seq,
  timestamp: START_MS + offsetMs,
  level: "info",
  message: `line ${seq}`,
  version: null,
});
const upstream = (id: string, offsetMs: number, durationMs: number): UpstreamCall => ({
  id,
  requestId: "req_1",
  timestamp: iso(offsetMs),
  level: "info",
  outcome: "ok",
  method: "GET",
  url: "https://api.example.com/x",
  httpStatus: 200,
  error: null,
  durationMs,
  requestBytes: 0,
  responseBytes: 0,
  version: null,
});
const detail = (over: Partial<RequestDetail> = {}): RequestDetail => ({
  requestId: "req_1",
  serverId: "srv_1",
  timestamp: iso(0),
  rows: [row()],
  lines: [],
  linesAreCapped: false,
  upstream: [],
  upstreamIsCapped: false,
  bodies: [],
  recordsBodies: false,
  billability: [],
  gaps: [],
  ...over,
});

describe("one call in order", () => {
  test("client, decision, lines and upstream calls as they were, response last; each with its time after the start", () => {
    const { steps, durationMs } = timelineOf(
      detail({ lines: [line(1, 5), line(2, 90)], upstream: [upstream("u1", 10, 70)] }),
    );
    expect(steps.map(({ kind, offsetMs, durationMs: took }) => [kind, offsetMs, took])).toEqual([
      ["client", 0, null],
      ["decision", 0, null],
      ["runtime", 5, null],
      ["upstream", 10, 70],
      ["runtime", 90, null],
      ["response", 100, null],
    ]);
    expect(durationMs).toBe(100);
  });

  test("at the same moment nothing comes before its cause", () => {
    const { steps } = timelineOf(detail({ rows: [row({ durationMs: 0 })], lines: [line(1, 0)] }));
    expect(steps.map(({ kind }) => kind)).toEqual(["client", "decision", "runtime", "response"]);
  });

  test("a runtime whose clock is behind has a negative offset, and is not hidden", () => {
    const { steps, startMs } = timelineOf(detail({ lines: [line(1, -40)] }));
    expect(startMs).toBe(START_MS);
    expect(steps[0]).toMatchObject({ kind: "runtime", offsetMs: -40 });
  });

  test("a denial is one, and went no further than the gateway", () => {
    const denied = row({
      outcome: "grant_denied",
      level: "warn",
      httpStatus: 403,
      decision: {
        ...row().decision,
        allowed: false,
        reason: "grant_missing_for_tool",
      } as RequestRow["decision"],
    });
    const timeline = timelineOf(detail({ rows: [denied] }));
    expect(timeline.steps[1]).toMatchObject({ level: "warn", summary: "denied: grant_missing_for_tool" });
    expect(timeline.lastHop).toBe("gateway");
  });

  test.each<[string, Partial<RequestDetail>, string]>([
    ["a timeout without a trace", { rows: [row({ outcome: "timeout" })] }, "gateway"],
    ["a timeout that wrote a line", { rows: [row({ outcome: "timeout" })], lines: [line(1, 1)] }, "runtime"],
    ["an answer", {}, "runtime"],
    ["an upstream call", { upstream: [upstream("u", 1, 1)] }, "upstream"],
  ])("the last hop of %s is proven, not guessed", (_name, over, hop) => {
    expect(timelineOf(detail(over)).lastHop).toBe(hop);
  });

  test("upstream time counts what overlaps once", () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(spans, (calls) => {
        const { upstreamMs } = timelineOf(
          detail({ upstream: calls.map(([from, took], index) => upstream(`u${index}`, from, took)) }),
        );
        const covered = new Set(
          calls.flatMap(([from, took]) => Array.from({ length: took }, (_, ms) => from + ms)),
        );
        expect(upstreamMs).toBe(covered.size);
      }),
    );
  });
});
