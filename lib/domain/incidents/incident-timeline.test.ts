import { expect, test } from "vitest";
import type { ConsoleLine, LogGap, RequestRow, TimelineEntry, UpstreamCall } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { callsOf } from "./incident-calls.ts";
import { traceMarks } from "./trace-marks.ts";

const START_MS = Date.parse("2026-11-20T14:00:00.000Z");
const iso = (ms: number): string => new Date(ms).toISOString();

function call(requestId: string, atMs: number, own: Partial<RequestRow> = {}): TimelineEntry {
  const at = iso(START_MS + atMs);
  const row: RequestRow = {
    id: `log_${requestId}`,
    requestId,
    timestamp: at,
    level: "info",
    outcome: "ok",
    kind: "request",
    era: "modern",
    method: "tools/call",
    tool: "search",
    source: "external",
    client: { name: null, version: null },
    agentId: null,
    gatewayId: null,
    serverId: "srv_1",
    version: null,
    region: "eu",
    httpStatus: 200,
    rpcErrorCode: null,
    error: null,
    durationMs: 100,
    requestBytes: 1,
    responseBytes: 1,
    session: null,
    decision: null,
    endUser: null,
    agentSession: null,
    billing: null,
    amountMicros: null,
    ...own,
  };
  return { source: "gateway", at, row };
}

function line(id: string, atMs: number, requestId?: string): TimelineEntry {
  const timestamp = START_MS + atMs;
  const written: ConsoleLine = {
    id,
    epoch: "e",
    version: null,
    seq: 1,
    timestamp,
    level: "error",
    message: `x${"y".repeat(5_000)}`,
    ...(requestId !== undefined && { requestId }),
  };
  return { source: "runtime", at: iso(timestamp), line: written };
}

function upstream(id: string, atMs: number, requestId: string | null): TimelineEntry {
  const at = iso(START_MS + atMs);
  const made: UpstreamCall = {
    id,
    requestId,
    timestamp: at,
    level: "error",
    outcome: "timeout",
    method: "GET",
    url: "https://api.example.com/tickets",
    httpStatus: null,
    error: null,
    durationMs: 50,
    requestBytes: 1,
    responseBytes: 1,
    version: null,
  };
  return { source: "upstream", at, call: made };
}

test("lines and calls that name their request are joined by it; others only to the one call that ran then, and marked", () => {
  const { inferredJoinMs } = limits.incidents;
  const { marks, joined } = traceMarks([
    call("req_a", 0),
    line("own", 10, "req_a"),
    upstream("near", 100 + inferredJoinMs, null),
    line("far", 101 + inferredJoinMs),
    call("req_b", 60_000),
    call("req_c", 60_050),
    line("between", 60_080),
  ]);
  expect(marks.map(({ id, requestId, join }) => `${id} ${requestId} ${join}`)).toEqual([
    "log_req_a req_a id",
    "own req_a id",
    "near req_a inferred",
    "far null none",
    "log_req_b req_b id",
    "log_req_c req_c id",
    "between null none",
  ]);
  expect([...joined]).toEqual([["near", "req_a"]]);
});

test("texts are cut", () => {
  const [mark] = traceMarks([line("long", 0)]).marks;
  expect(mark?.text).toHaveLength(limits.incidents.errorGroupTextCharactersMax);
});

test("a call's last hop is proven by what names it, never by what is inferred; what is missing is said", () => {
  const gap: LogGap = {
    kind: "gateway_without_runtime",
    requestId: "req_b",
    timestamp: iso(START_MS),
    message: "The runtime left no trace.",
  };
  const entries = [
    call("req_a", 0),
    upstream("up", 20, "req_a"),
    call("req_b", 60_000, { outcome: "timeout", httpStatus: 504 }),
    line("near", 60_010),
    call("req_c", 120_000),
    line("lost", 180_000, "req_without_row"),
  ];
  const { joined } = traceMarks(entries);
  expect(callsOf(entries, [gap], joined)).toMatchObject([
    { requestId: "req_a", lastHop: "upstream", upstreamMs: 50, gap: null },
    { requestId: "req_b", lastHop: "gateway", upstreamMs: null, outcome: "timeout" },
    { requestId: "req_c", lastHop: "runtime", upstreamMs: null, gap: null },
  ]);
  expect(callsOf(entries, [gap], joined)[1]?.gap).toContain("they may be its own");
});
