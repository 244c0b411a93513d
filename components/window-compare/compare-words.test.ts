import { describe, expect, test } from "vitest";
import { pointsText, pText, shiftHref, unmoved } from "./compare-words.ts";

describe("a change of a share in words", () => {
  test.each([
    [0.124, "+12\u202fpp"],
    [0.0342, "+3.4\u202fpp"],
    [-0.5, "−50\u202fpp"],
    [0.0001, "no change"],
    [-0.0004, "no change"],
    [null, "–"],
  ])("%s reads %s", (change, text) => {
    expect(pointsText(change)).toBe(text);
  });
});

test("a p value is never written as zero", () => {
  expect(pText(0)).toBe("p < 0.001");
  expect(pText(0.0042)).toBe("p = 0.004");
  expect(pText(0.5)).toBe("p = 0.50");
});

describe("the calls of a shift", () => {
  const window = { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T01:00:00.000Z" };
  test("are in the log of the server, in the same window; names of strangers are encoded", () => {
    expect(shiftHref("acme", "support-api", { dimension: "tool", key: "a&b=c" }, window)).toBe(
      "/acme/servers/support-api/logs?window=custom&from=2026-01-01T00%3A00%3A00.000Z&to=2026-01-01T01%3A00%3A00.000Z&tool=a%26b%3Dc",
    );
  });
  test("have no place in the log where it cannot be filtered by them", () => {
    expect(shiftHref("acme", "s", { dimension: "size", key: "large" }, window)).toBeNull();
    expect(shiftHref("acme", "s", { dimension: "client", key: "" }, window)).toBeNull();
  });
});

test("what was looked at and did not move is named", () => {
  const shift = {
    dimension: "tool",
    key: "a",
    label: "a",
    now: { calls: 1, errors: 0, share: 1 },
    before: { calls: 0, errors: 0, share: 0 },
    shareChange: 1,
    errorRateChange: null,
    pValue: 0.01,
  } as const;
  expect(unmoved({ dimensions: ["tool", "client", "key"], shifts: [shift] })).toEqual(["client", "key"]);
});
