import { describe, expect, it } from "vitest";
import { explanationRows } from "./explanation-rows.ts";

const verdicts = (presented: Record<string, unknown>, expected: Record<string, unknown>) =>
  Object.fromEntries(explanationRows({ presented, expected }).map((row) => [row.name, row.verdict]));

describe("presented beside expected", () => {
  it("marks what differs, and puts it first", () => {
    const rows = explanationRows({
      presented: { method: "oauth", iss: "https://login.example", aud: "https://other.example" },
      expected: { iss: "https://login.example", aud: "https://mcp.example/gateway/a/mcp" },
    });
    expect(rows.map((row) => [row.name, row.verdict])).toEqual([
      ["audience (aud)", "differs"],
      ["issuer (iss)", "matches"],
      ["way in", "given"],
    ]);
  });

  it("takes lists as choices on both sides", () => {
    expect(verdicts({ aud: ["a", "b"] }, { aud: "b" })).toEqual({ "audience (aud)": "matches" });
    expect(verdicts({ method: "key" }, { method: ["public", "key"] })).toEqual({ "way in": "matches" });
    expect(verdicts({ alg: "none" }, { alg: ["RS256", "ES256"] })).toEqual({ "algorithm (alg)": "differs" });
  });

  it("says so when something expected was not presented", () => {
    expect(explanationRows({ presented: {}, expected: { credential: "an access key" } })).toEqual([
      { name: "credential", presented: null, expected: "an access key", verdict: "differs" },
    ]);
  });

  it("shows any value as text, and names of every kind as they are", () => {
    const rows = explanationRows({
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
});
