import { describe, expect, test } from "vitest";
import { STAGES } from "#lib/contract/index.ts";
import {
  checksText,
  mostUrgentFirst,
  STAGE_ORDER,
  type StageResult,
  stageBeside,
  startingStage,
} from "./stages.ts";

const stagesWith = (statuses: Partial<Record<StageResult["stage"], StageResult["status"]>>): StageResult[] =>
  STAGE_ORDER.map((stage) => ({ stage, status: statuses[stage] ?? "pass", checks: [] }));

const checkThat = (status: StageResult["status"]): StageResult["checks"][number] => ({
  id: status,
  stage: "smoke",
  title: "",
  status,
  lookedAt: "",
  finding: "",
  evidence: [],
  supports: [],
  rulesOut: [],
  fix: [],
});

describe("the steps of a walkthrough", () => {
  test("are those of the contract, in its order", () => {
    expect([...STAGE_ORDER]).toEqual([...STAGES]);
  });

  test("begin where something failed, before anything that only gives pause or is not known", () => {
    expect(startingStage(stagesWith({ smoke: "unknown", hosting: "warn", gateway: "fail" }))).toBe("gateway");
    expect(startingStage(stagesWith({ smoke: "unknown", logs: "warn" }))).toBe("logs");
    expect(startingStage(stagesWith({ agent_budget: "unknown" }))).toBe("agent_budget");
  });

  test("begin with the first one when nothing is wrong or nothing is known yet", () => {
    expect(startingStage(stagesWith({}))).toBe("smoke");
    expect(startingStage([])).toBe("smoke");
  });

  test("end at both ends", () => {
    expect(stageBeside("smoke", -1)).toBeNull();
    expect(stageBeside("smoke", 1)).toBe("hosting");
    expect(stageBeside("agent_budget", 1)).toBeNull();
  });

  test("an unknown check is never told as fine", () => {
    expect(checksText({ checks: [checkThat("pass"), checkThat("unknown")] })).toBe("1 not known, 1 fine");
    expect(checksText({ checks: [] })).toBe("nothing to check");
  });

  test("show first what asks for a look, and keep their order otherwise", () => {
    const checks = [checkThat("pass"), checkThat("unknown"), checkThat("skipped"), checkThat("fail")];
    expect(mostUrgentFirst(checks).map(({ id }) => id)).toEqual(["fail", "unknown", "pass", "skipped"]);
  });
});
