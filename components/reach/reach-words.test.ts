import { describe, expect, test } from "vitest";
import { type ReachView, reachSearchOf } from "#lib/client/queries/diagnosis.ts";
import { type ClientReach, REACH_STAGES, type ReachStage } from "#lib/contract/reach.ts";
import { reachSentence, type StageState } from "./reach-words.ts";

const way = (
  states: readonly StageState[],
  lastStage: ReachStage | null,
): Pick<ClientReach, "stages" | "lastStage"> => ({
  stages: REACH_STAGES.map((stage, index) => ({
    stage,
    state: states[index] ?? "not_seen",
    at: null,
    count: 0,
    reason: null,
    requestId: null,
  })),
  lastStage,
});

describe("how far a client came, in a sentence", () => {
  test("a stage that failed and was the last one is where it stopped", () => {
    expect(reachSentence(way(["passed", "failed"], "authorization"))).toBe("Stopped at Authorization.");
  });
  test("a failure that the client got past is not where it stands", () => {
    expect(reachSentence(way(["passed", "failed", "passed", "passed", "passed"], "tools/call"))).toBe(
      "Called tools.",
    );
  });
  test("what came last but one says which stage is missing; stages that are not needed are passed over", () => {
    expect(
      reachSentence(way(["not_needed", "passed", "not_needed", "passed", "not_seen"], "tools/list")),
    ).toBe("tools/call never arrived in this window.");
  });
});

describe("what the API is asked", () => {
  const nowMs = Date.parse("2026-03-02T00:00:00.000Z");
  const view: ReachView = { windowMs: null, from: null, to: null, client: "", agent: "" };
  test("a window has two ends, also where the address names one or none", () => {
    expect(reachSearchOf({ ...view, windowMs: 900_000 }, nowMs)).toEqual({
      from: "2026-03-01T23:45:00.000Z",
      to: "2026-03-02T00:00:00.000Z",
    });
    expect(reachSearchOf(view, nowMs)).toEqual({
      from: "2026-03-01T00:00:00.000Z",
      to: "2026-03-02T00:00:00.000Z",
    });
    expect(reachSearchOf({ ...view, to: "2026-02-10T00:00:00.000Z" }, nowMs)).toEqual({
      from: "2026-02-09T00:00:00.000Z",
      to: "2026-02-10T00:00:00.000Z",
    });
  });
});
