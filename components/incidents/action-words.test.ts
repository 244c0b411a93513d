import { describe, expect, test } from "vitest";
import { ACTIONS } from "#lib/contract/index.ts";
import { ACTION_WORDS, refusalOf } from "./action-words.ts";

describe("what may be done from an incident", () => {
  test("every action of the contract is told in words before it is done", () => {
    expect(Object.keys(ACTION_WORDS).sort()).toEqual([...ACTIONS].sort());
  });

  test("a viewer is told why not, for every action", () => {
    for (const action of ACTIONS)
      expect(refusalOf(action, (scope) => scope.endsWith(":read"))).toContain("developer, admin or owner");
  });

  test("working on incidents alone is not enough for what the action changes", () => {
    expect(refusalOf("roll_back", (scope) => scope === "incidents:write")).toContain("deployments:write");
    expect(
      refusalOf("roll_back", (scope) => scope === "incidents:write" || scope === "deployments:write"),
    ).toBeNull();
  });
});
