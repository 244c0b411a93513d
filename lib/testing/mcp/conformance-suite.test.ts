import { describe, expect, it } from "vitest";
import { type Check, describeCounts, diffSuites, type SuiteResult } from "./conformance-suite.ts";

const check = (id: string, status: string): Check => ({ id, status, error: null });
const suite = (scenarios: Record<string, Check[]>): SuiteResult => new Map(Object.entries(scenarios));

describe("the comparison of two conformance runs", () => {
  const direct = suite({
    ping: [check("ping", "SUCCESS")],
    caching: [check("ttl", "SUCCESS"), check("scope", "FAILURE")],
  });

  it("finds nothing when every check went the same way, the failed ones included", () => {
    expect(diffSuites(direct, direct)).toEqual([]);
  });

  it("names a check that went otherwise, one that is missing, one too many, and a scenario that is missing", () => {
    const through = suite({
      caching: [check("ttl", "WARNING")],
      extra: [check("more", "SUCCESS")],
    });
    const diff = diffSuites(direct, through);
    expect(diff).toHaveLength(4);
    expect(diff[0]).toBe("ping: directly ping SUCCESS, through the gateway nothing");
    expect(diff[1]).toContain("ttl SUCCESS, through the gateway ttl WARNING");
    expect(diff[2]).toContain("scope FAILURE, through the gateway nothing");
    expect(diff[3]).toContain("directly nothing, through the gateway more SUCCESS");
  });

  it("counts optional extensions apart", () => {
    expect(describeCounts(direct)).toBe("2/3");
    const withTasks = suite({ ping: [check("ping", "SUCCESS")], "tasks-lifecycle": [check("x", "FAILURE")] });
    expect(describeCounts(withTasks)).toBe("1/1 (optional tasks: 0/1)");
  });
});
