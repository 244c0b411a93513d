import { describe, expect, it } from "vitest";
import { computingMs } from "#lib/testing/computing-time.ts";
import { compileLinePattern, isPatternProblem, type LinePattern } from "./line-pattern.ts";

const compiled = (source: string): LinePattern => {
  const answer = compileLinePattern(source);
  if (isPatternProblem(answer)) throw new Error(answer.problem);
  return answer;
};

/** Patterns that take a backtracking engine for ever, each with a text that makes it do so. */
const EVIL: readonly (readonly [string, string])[] = [
  ["(a+)+$", `${"a".repeat(10_239)}!`],
  ["(a|a)*b", "a".repeat(10_240)],
  ["(a|aa)+$", `${"a".repeat(10_239)}!`],
  ["(.*)(.*)(.*)(.*)(.*)(.*)x", "y".repeat(10_240)],
  ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(10_240)],
  ["(x+x+)+y", "x".repeat(10_240)],
  ["(?:a?){100}a{100}", "a".repeat(99)],
  ["([a-zA-Z]+)*$", `${"Z".repeat(10_239)}1`],
  ["(\\w*)*#", "w".repeat(10_240)],
  ["\\s+$", `${" ".repeat(10_239)}x`],
  ["((((((((((a+)+)+)+)+)+)+)+)+)+)+b", "a".repeat(10_240)],
  [".*.*.*.*.*.*.*.*.*.*=.*", "x".repeat(10_240)],
];

describe("a pattern of a filter", () => {
  it("is found anywhere, whatever the case, over line ends", () => {
    expect(compiled("REFUND_(order|item)").matches("[INFO] Tool: refund_order")).toBe(true);
    expect(compiled("first.*second").matches("first\nsecond")).toBe(true);
    expect(compiled("^\\d+$").matches("12a")).toBe(false);
  });

  it.each(EVIL)("takes linear time: %s", (source, text) => {
    const answer = compileLinePattern(source);
    if (isPatternProblem(answer)) return;
    expect(computingMs(() => answer.matches(text))).toBeLessThan(1_000);
  });

  it.each([
    ["[", "missing closing ]"],
    ["*", "missing argument"],
    ["a)", "unexpected )"],
    ["\\", "trailing backslash"],
    ["(?=a)b", "(?="],
    ["(?<=a)b", "named capture"],
    ["(a)\\1", "\\1"],
    ["a{2,1}", "repeat count"],
    ["a{1001}", "repeat count"],
    ["((a{0,100}){0,100})x", "repeat count"],
    ["(?:a|b|c){1,900}$", "too large"],
    ["\\pL{500}x", "too large"],
    ["(?i", ""],
    ["\ud800[", ""],
  ])("says what is wrong with %s", (source, words) => {
    const answer = compileLinePattern(source);
    expect(isPatternProblem(answer) ? answer.problem : "compiled").toContain(words);
    expect(isPatternProblem(answer)).toBe(true);
    expect(JSON.stringify(answer), "flags that nobody wrote").not.toContain("(?s)");
  });
});
