import { describe, expect, it } from "vitest";
import { explanationRows } from "./explanation-rows.ts";

const verdicts = (reason: string, presented: Record<string, unknown>, expected: Record<string, unknown>) =>
  Object.fromEntries(explanationRows(reason, { presented, expected }).map((row) => [row.name, row.verdict]));

describe("presented beside expected", () => {
  it("marks what differs, and puts it first", () => {
    const rows = explanationRows("token_audience_mismatch", {
      presented: { method: "oauth", iss: "https://login.example", aud: "https://other.example", sub: "ada" },
      expected: { iss: "https://login.example", aud: "https://mcp.example/gateway/a/mcp" },
    });
    expect(rows.map((row) => [row.name, row.verdict])).toEqual([
      ["audience (aud)", "differs"],
      ["issuer (iss)", "matches"],
      ["way in", "given"],
      ["subject (sub)", "given"],
    ]);
  });

  it("marks the fact that the reason is about even where nothing stands against it", () => {
    expect(
      verdicts("key_revoked", { method: "key", revokedAt: "2026-11-20T00:00:00.000Z" }, { method: "key" }),
    ).toEqual({ "revoked at": "differs", "way in": "matches" });
    expect(
      verdicts("grant_missing_for_server", { principal: "key:k" }, { grantFor: "key:k", server: "desk" }),
    ).toEqual({ "a grant for": "differs", principal: "given", server: "given" });
    expect(verdicts("credentials_missing", { method: null }, { methods: ["key"] })).toEqual({
      "way in": "differs",
    });
  });

  it("puts a tool beside the patterns that it had to match, and scopes beside scopes", () => {
    const [row] = explanationRows("grant_missing_for_tool", {
      presented: { tool: "refund_ticket" },
      expected: { tools: ["get_*", "list_*"] },
    });
    expect(row).toEqual({
      name: "tool",
      presented: "refund_ticket",
      expected: "get_*, list_*",
      verdict: "differs",
    });
    expect(verdicts("allowed", { tool: "get_ticket" }, { tools: ["get_*"] })).toEqual({ tool: "matches" });
    expect(verdicts("new_reason", { scope: "b a" }, { scope: "a" })).toEqual({ scopes: "matches" });
    expect(verdicts("new_reason", { scope: "b" }, { scope: "a" })).toEqual({ scopes: "differs" });
  });

  it("takes lists as choices on both sides", () => {
    expect(verdicts("x", { aud: ["a", "b"] }, { aud: "b" })).toEqual({ "audience (aud)": "matches" });
    expect(verdicts("x", { method: "key" }, { methods: ["public", "key"] })).toEqual({ "way in": "matches" });
    expect(verdicts("x", { alg: "none" }, { alg: ["RS256"] })).toEqual({ "algorithm (alg)": "differs" });
  });

  it("shows any value as text, and names of every kind as they are", () => {
    const rows = explanationRows("constructor", {
      presented: { toString: { deep: [1] }, roles: [], active: false, empty: "" },
      expected: {},
    });
    expect(Object.fromEntries(rows.map((row) => [row.name, row.presented]))).toEqual({
      toString: '{"deep":[1]}',
      roles: "none",
      active: "no",
      empty: "empty",
    });
  });

  it("says of a limit whose it is, and what is left of it in dollars", () => {
    const rows = explanationRows("budget_exceeded", {
      presented: { principal: "agent:agt_1", scope: "agt_1" },
      expected: { limitSource: "agent_budget", capMicros: "1000000", remainingMicros: "45" },
    });
    expect(rows.map((row) => [row.name, row.presented, row.expected, row.verdict])).toEqual([
      ["principal", "agent:agt_1", null, "given"],
      ["counted for", "agt_1", null, "given"],
      ["limit", null, "agent budget", "given"],
      ["cap", null, "$1.00", "given"],
      ["left", null, "$0.000045", "given"],
    ]);
  });
});
