import { describe, expect, it } from "vitest";
import type { LogTimeline, RequestRow } from "#lib/contract/index.ts";
import { HOSTILE_LINES } from "#lib/testing/hostile-lines.ts";
import { bundleText, incidentBundle } from "./incident-bundle.ts";

const AT = "2026-11-20T15:00:00.000Z";
const row = (change: Partial<RequestRow>): RequestRow => ({
  id: "log_1",
  requestId: "req_1",
  timestamp: AT,
  level: "error",
  outcome: "tool_error",
  kind: "request",
  era: "modern",
  method: "tools/call",
  tool: "refund",
  source: "agent",
  client: { name: "claude-code", version: "2.1" },
  agentId: "agt_1",
  gatewayId: "gw_1",
  serverId: "srv_1",
  version: "1.0.0",
  region: "local",
  httpStatus: 200,
  rpcErrorCode: null,
  error: "no such ticket",
  durationMs: 12,
  requestBytes: 1,
  responseBytes: 1,
  session: null,
  decision: null,
  endUser: null,
  agentSession: null,
  billing: null,
  amountMicros: null,
  ...change,
});
const timeline: LogTimeline = {
  from: AT,
  to: "2026-11-20T15:00:10.000Z",
  entries: [
    { source: "gateway", at: AT, row: row({}) },
    { source: "gateway", at: AT, row: row({ id: "log_2", requestId: "req_2", outcome: "ok" }) },
    { source: "gateway", at: AT, row: row({ id: "log_3", requestId: "req_3" }) },
    {
      source: "runtime",
      at: AT,
      line: {
        id: "log_4",
        epoch: "e",
        seq: 1,
        timestamp: Date.parse(AT),
        level: "info",
        message: "customer Jane Doe",
        version: null,
        requestId: "req_1",
      },
    },
  ],
  capped: ["runtime"],
  gaps: [{ kind: "lines_missing", requestId: null, timestamp: AT, message: "4 lines are missing here" }],
};
const server = {
  id: "srv_1",
  slug: "desk",
  name: "Desk",
  status: "active",
  activeVersion: { id: "ver_1", semver: "1.0.0", publishedAt: AT },
  mcpUrl: "http://127.0.0.1:3000/mcp/desk",
  lastSmoke: { id: "chk_1", status: "passed", at: AT, toolCount: 14, error: null },
} as const;
const of = (change: Partial<LogTimeline> = {}) =>
  incidentBundle({
    server,
    subject: { requestId: "req_1" },
    timeline: { ...timeline, ...change },
    tools: undefined,
    link: "http://127.0.0.1:3000/x",
    nowMs: Date.parse(AT),
  });

describe("the incident bundle", () => {
  it("names server, time, client, agent, tool, outcomes, the last tools/list and the requests", () => {
    const bundle = of();
    expect(bundle).toMatchObject({
      server: { id: "srv_1", version: "1.0.0" },
      from: AT,
      clients: ["claude-code 2.1"],
      agents: ["agt_1"],
      tools: ["refund"],
      outcomes: { tool_error: 2, ok: 1 },
      toolsList: { status: "passed", toolCount: 14 },
      counts: { gateway: 3, runtime: 1, upstream: 0 },
      capped: ["runtime"],
      requestIds: ["req_1", "req_2", "req_3"],
    });
    const text = bundleText(bundle);
    for (const fact of [
      "srv_1",
      "claude-code 2.1",
      "tool_error 2",
      "passed at",
      "4 lines are missing",
      "req_3",
    ])
      expect(text).toContain(fact);
  });

  it("carries nothing that was said: no console line and no error text", () => {
    expect(JSON.stringify(of())).not.toMatch(/Jane Doe|no such ticket/);
  });

  it("keeps one fact per line, and nothing unseen, whatever a stranger calls itself", () => {
    const evil = [
      { name: "forged", text: "x\nServer      somebody else\u2028" },
      { name: "carriage return", text: "a\r\nb" },
      ...HOSTILE_LINES,
    ];
    const lines = bundleText(of()).split("\n").length;
    for (const { name, text } of evil) {
      const stranger = row({ client: { name: text, version: null }, tool: text });
      const told = bundleText(
        of({ entries: [{ source: "gateway", at: AT, row: stranger }], gaps: timeline.gaps }),
      );
      expect(told.split("\n").length, name).toBe(lines - 2);
      expect(
        told.split("\n").filter((line) => line.startsWith("Server")),
        name,
      ).toHaveLength(1);
      expect(told.replaceAll("\n", ""), name).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
    }
  });
});
