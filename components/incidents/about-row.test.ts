import { describe, expect, test } from "vitest";
import { aboutRow } from "./about-row.ts";
import { startHref } from "./start-href.ts";

const row = {
  outcome: "grant_denied",
  tool: "search & replace",
  agentId: "agt_1",
  client: { name: "claude-code", version: "1.0" },
  requestId: "req_1",
  timestamp: "2026-03-01T12:00:00.000Z",
} as const;

describe("a walkthrough that starts from a call", () => {
  test("knows the symptom, who called, what, and when; names of strangers are encoded", () => {
    expect(startHref("acme", aboutRow(row, "support-api"))).toBe(
      "/acme/incidents/new?symptom=agent_fails&server=support-api&agent=agt_1&tool=search+%26+replace&client=claude-code&requestId=req_1&at=2026-03-01T12%3A00%3A00.000Z&origin=log",
    );
  });
  test("claims no symptom of a call that says none, and leaves out what nobody knows", () => {
    const quiet = {
      ...row,
      outcome: "canceled",
      tool: null,
      agentId: null,
      client: { name: null, version: null },
    } as const;
    expect(startHref("acme", aboutRow(quiet, "s"))).toBe(
      "/acme/incidents/new?server=s&requestId=req_1&at=2026-03-01T12%3A00%3A00.000Z&origin=log",
    );
  });
});
