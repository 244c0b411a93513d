import { expect, it } from "vitest";
import type { AgentBudget } from "#lib/contract/index.ts";
import { changeOf, formValuesOf, isSameBudget } from "./budget-form-values.ts";

const BUDGET: AgentBudget = {
  agentId: "agt_1",
  monthlyCapMicros: "9007199254740993",
  defaultUserCapMicros: "0",
  anonymousUserCapMicros: null,
  sessionCapMicros: "45",
  userCaps: [{ endUser: "ann", capMicros: "1250000" }],
  onUnavailable: "deny",
  loopCallsPerMinuteMax: 60,
  alertThresholds: [50, 80],
  period: { start: "2026-01-01T00:00:00.000Z", end: "2026-02-01T00:00:00.000Z" },
  spentMicros: "0",
  leasedMicros: "0",
  remainingMicros: "0",
  overrunBoundMicros: "0",
  status: "active",
  pause: null,
  updatedAt: "2026-01-01T00:00:00.000Z",
};
const VALUES = formValuesOf(BUDGET);

it("gives back exactly the budget that it was shown, to the last micro", () => {
  const { change, wrong } = changeOf(VALUES);
  expect(wrong).toEqual({});
  expect(BUDGET).toMatchObject(change);
  expect(isSameBudget(VALUES, BUDGET)).toBe(true);
  expect(isSameBudget({ ...VALUES, alertThresholds: " 50 % 80% " }, BUDGET)).toBe(true);
});

it("takes an empty field as no cap, and a zero as a cap of nothing", () => {
  const { change } = changeOf({ ...VALUES, monthlyCapMicros: " ", sessionCapMicros: "0" });
  expect(change).toMatchObject({ monthlyCapMicros: null, sessionCapMicros: "0" });
});

it("says what is wrong at the field where it was typed", () => {
  const { wrong } = changeOf({
    ...VALUES,
    monthlyCapMicros: "-1",
    defaultUserCapMicros: "1.0000001",
    sessionCapMicros: "NaN",
    loopCallsPerMinuteMax: "1e3",
    alertThresholds: "50, half",
    userCaps: [
      { key: "a", endUser: "ann", cap: "" },
      { key: "b", endUser: "ann", cap: "1" },
      { key: "c", endUser: "", cap: "1" },
    ],
  });
  expect(Object.keys(wrong).sort()).toEqual([
    "alertThresholds",
    "defaultUserCapMicros",
    "loopCallsPerMinuteMax",
    "monthlyCapMicros",
    "sessionCapMicros",
    "userCaps.a",
    "userCaps.b",
    "userCaps.c",
  ]);
});
