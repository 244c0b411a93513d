import { describe, expect, test } from "vitest";
import { type Caller, climb, type Step, type StepCount } from "./climb.ts";

const CALLER: Caller = {
  client: "claude",
  principal: "key:key_1",
  agentId: null,
  door: "gateway",
  eras: { modern: false, legacy: true },
};
let nextMs = 0;
/** `results` in the order of arrival; a text is why it failed. */
const step = (name: Step, results: readonly (true | string)[], decided = results.length): StepCount => {
  const marks = results.map((result, index) => ({
    atMs: ++nextMs * 1_000,
    requestId: `${name}-${index}`,
    result,
  }));
  const last = marks.at(-1);
  if (!last) throw new Error("a step without messages");
  const lastFailed = marks.findLast(({ result }) => result !== true);
  return {
    step: name,
    count: marks.length,
    decided,
    last,
    lastOk: marks.findLast(({ result }) => result === true) ?? null,
    lastFailed: lastFailed ? { ...lastFailed, reason: String(lastFailed.result) } : null,
  };
};
const statesOf = (caller: Partial<Caller>, steps: readonly StepCount[], takesTokens = false) =>
  climb({ ...CALLER, ...caller }, steps, takesTokens).stages.map(({ state }) => state);

describe("what arrived", () => {
  test("a client that calls a tool passed every stage that its door and era have", () => {
    const steps = [step("initialize", [true]), step("tools/list", [true]), step("tools/call", [true])];
    expect(statesOf({}, steps)).toEqual(["not_needed", "passed", "passed", "passed", "passed"]);
    expect(climb(CALLER, steps, false)).toMatchObject({ lastStage: "tools/call" });
  });

  test("the newest message tells a stage's state; an earlier failure keeps its reason", () => {
    const failed = climb(CALLER, [step("tools/call", [true, "grant_missing_for_tool"])], false);
    expect(failed.stages.at(-1)).toMatchObject({
      state: "failed",
      reason: "grant_missing_for_tool",
      requestId: "tools/call-1",
      count: 2,
    });
    const recovered = climb(CALLER, [step("tools/call", ["timeout", true])], false);
    expect(recovered.stages.at(-1)).toMatchObject({ state: "passed", reason: "timeout", count: 2 });
  });

  test("a token that expired after calls went well is a failed authorization", () => {
    const steps = [step("tools/call", [true]), step("refused", ["token_expired"], 0)];
    const reach = climb(CALLER, steps, true);
    expect(reach.stages[1]).toMatchObject({ state: "failed", reason: "token_expired", count: 2 });
    expect(reach.lastAt).toBe(reach.stages[1]?.at);
  });
});

describe("what did not arrive is said, not guessed", () => {
  test("a client that was told where tokens are to be had and never came back", () => {
    const asked = step("asked", ["credentials_missing"], 0);
    expect(statesOf({ principal: null }, [asked], true)).toEqual([
      "passed",
      "failed",
      "not_seen",
      "not_seen",
      "not_seen",
    ]);
    expect(climb({ ...CALLER, principal: null }, [asked], true).lastStage).toBe("authorization");
  });

  test("a client that listed the tools and called none", () => {
    expect(statesOf({}, [step("initialize", [true]), step("tools/list", [true])]).at(-1)).toBe("not_seen");
  });

  test("the era without sessions has no opening message; the other one's was before the window", () => {
    const calls = [step("tools/call", [true])];
    expect(statesOf({ eras: { modern: true, legacy: false } }, calls)[2]).toBe("not_needed");
    expect(statesOf({ eras: { modern: false, legacy: true } }, calls)[2]).toBe("not_seen");
  });

  test("an open door asks nobody, and the direct one has no metadata", () => {
    const open = statesOf({ door: "direct", principal: null }, [step("tools/call", [true], 0)], true);
    expect(open.slice(0, 2)).toEqual(["not_needed", "not_needed"]);
    expect(statesOf({ principal: "anonymous" }, [step("tools/call", [true])])[1]).toBe("not_needed");
  });
});
