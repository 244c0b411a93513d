import { describe, expect, it } from "vitest";
import { denied } from "#lib/testing/diagnosis-cases/changes.ts";
import { type Case, evidenceOf, OVER_CASES, TOOL_CASES } from "#lib/testing/diagnosis-cases/index.ts";
import { diagnose } from "./diagnose.ts";

const named = (cases: readonly Case[]) => cases.map((one) => [one.name, one] as const);

describe("what is over by the end of the window is not said to go on", () => {
  it.each(named(OVER_CASES))("%s", (_name, one) => {
    const { verdict, headline } = diagnose(evidenceOf(one), { symptom: one.symptom });
    expect(verdict).toMatchObject({ confidence: "likely" });
    expect(verdict?.actions.filter(({ action }) => action !== "rotate_key")).toEqual([]);
    expect(headline).toMatch(/\b(?:was|were|had|let)\b/);
    expect(headline).toMatch(/since \d\d:\d\d|has come back since|open now|used instead/);
    expect(headline).not.toMatch(/\bis used up|\bis paused|has too few|was revoked, /);
  });

  it.each(named(OVER_CASES))("and is what it was to who asks about the past: %s", (_name, one) => {
    const evidence = evidenceOf(one);
    evidence.collectedAt = "2026-11-20T15:30:00.000Z";
    expect(diagnose(evidence, { symptom: one.symptom }).verdict).toMatchObject({
      code: one.expect[0],
      confidence: "certain",
    });
  });

  it("goes on for one of several callers who did not come back", () => {
    const raised = OVER_CASES.find(({ name }) => name === "credits were added, and calls pass");
    if (raised === undefined) throw new Error("no such case");
    const evidence = evidenceOf(raised);
    const { balance } = evidence.billing;
    if (balance.status === "collected") balance.value.availableMicros = "10";
    const { decisions } = evidence.gateway;
    if (decisions.status !== "collected") throw new Error("no decisions");
    const [denied] = decisions.value;
    denied?.callers.push({ caller: "key:key_9", count: 4, lastAt: evidence.at, backAt: null, between: 0 });
    const { verdict } = diagnose(evidence, { symptom: "call_fails" });
    expect(verdict).toMatchObject({ code: "credits_exhausted", confidence: "certain" });
    expect(verdict?.sentence).toMatch(/has too few credits/);
  });
});

it("is not over for a caller who is let through now and then all the time: it may be two clients", () => {
  const mixed = evidenceOf({
    change: denied("token_audience_mismatch", 60, {
      caller: "oauth:ann",
      backAt: "2026-11-20T14:26:00.000Z",
      between: 7,
    }),
  });
  expect(diagnose(mixed, { symptom: "auth_burst" }).verdict).toMatchObject({
    code: "token_audience",
    confidence: "certain",
  });
});

it("is not over for the owner of a revoked key because somebody else got a new one", () => {
  const replaced = OVER_CASES.find(({ name }) => name.startsWith("a key was replaced"));
  if (replaced === undefined) throw new Error("no such case");
  const evidence = evidenceOf(replaced);
  const { reach } = evidence.gateway;
  if (reach.status !== "collected") throw new Error("no reach");
  for (const one of reach.value) if (one.principal === "key:key_3") one.client = "somebody-else";
  expect(diagnose(evidence, { symptom: "auth_burst" }).verdict).toMatchObject({ confidence: "certain" });
});

describe("a tool that never was", () => {
  it("is told with its name, the name that was meant, since when, and who asks for it", () => {
    const [typo] = TOOL_CASES;
    if (typo === undefined) throw new Error("no cases");
    const { verdict } = diagnose(evidenceOf(typo), { symptom: "call_fails" });
    expect(verdict?.sentence).toBe(
      "desk-app asks for get_tickets, which this server has never had: 30 calls since 14:20:00 UTC. Its nearest name is get_ticket.",
    );
    expect(verdict?.confidence).toBe("certain");
  });

  it("needs no grant", () => {
    const denied = TOOL_CASES.find(({ name }) => name === "no grant names a tool that never was");
    if (denied === undefined) throw new Error("no such case");
    const { verdict, alternatives } = diagnose(evidenceOf(denied), { symptom: "agent_fails" });
    expect([verdict, ...alternatives].map((cause) => cause?.code)).toEqual(["tool_unknown"]);
  });
});
