import { describe, expect, it } from "vitest";
import { DECISION_REASONS as REASONS_OF_CONTRACT } from "#lib/contract/index.ts";
import { DECISION_REASONS, lookOfReason, REASON_TOPICS } from "./decision-reasons.ts";

describe("the words for decisions", () => {
  it("cover every reason of the contract, each with its own words", () => {
    expect([...DECISION_REASONS].sort()).toEqual([...REASONS_OF_CONTRACT].sort());
    expect(new Set(DECISION_REASONS.map((reason) => lookOfReason(reason).label)).size).toBe(
      DECISION_REASONS.length,
    );
  });

  it("call only one of them allowed, and put every denial under a topic", () => {
    expect(DECISION_REASONS.filter((reason) => lookOfReason(reason).tone === "ok")).toEqual(["allowed"]);
    for (const reason of DECISION_REASONS)
      expect(
        reason === "allowed" || REASON_TOPICS.some((topic) => topic === lookOfReason(reason).topic),
      ).toBe(true);
  });

  it("show a reason that is not known as it is", () => {
    expect(lookOfReason("moon_in_wrong_phase")).toMatchObject({
      label: "moon_in_wrong_phase",
      tone: "unknown",
    });
    expect(lookOfReason("constructor").label).toBe("constructor");
  });
});
