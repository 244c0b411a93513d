import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { objectiveOf, objectiveText } from "./objective.ts";

describe("the share of calls that are to succeed", () => {
  test("reads back as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5000, max: 9999 }), (tenThousandths) => {
        const objective = tenThousandths / 10_000;
        expect(objectiveOf(objectiveText(objective))).toBe(objective);
      }),
    );
  });
  test.each([
    ["99.9", 0.999],
    [" 99,5 % ", 0.995],
    ["50", 0.5],
  ])("%s is a share", (text, share) => {
    expect(objectiveOf(text)).toBe(share);
  });
  test.each(["", "100", "99.999", "49.9", "1e2", "-99", "ninety"])("%s is none that may be set", (text) => {
    expect(objectiveOf(text)).toBeNull();
  });
});
