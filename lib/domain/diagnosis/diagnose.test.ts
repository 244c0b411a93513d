import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Diagnosis,
  Evidence,
  SYMPTOMS,
  type Symptom,
  VERDICTS,
  type VerdictCode,
} from "#lib/contract/index.ts";
import { canonicalJson } from "#lib/kernel/canonical-json.ts";
import { limits } from "#lib/kernel/limits.ts";
import { CASES, type Case, evidenceOf } from "#lib/testing/diagnosis-cases/index.ts";
import { collected, healthyEvidence, missing } from "#lib/testing/healthy-evidence.ts";
import type { EvidencePart } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import { diagnose } from "./diagnose.ts";
import { whatIsUndecided } from "./enough-evidence.ts";
import { partWords } from "./facts/part-words.ts";
import { nameCauses } from "./name-causes.ts";
import { runChecks } from "./run-checks.ts";

const GROUPS = ["smoke", "hosting", "logs", "gateway", "usage", "billing", "budget"] as const;
const PARTS = GROUPS.flatMap((group) =>
  Object.keys(healthyEvidence()[group]).map((name) => ({ group, name })),
);

const judge = (one: Case) => diagnose(evidenceOf(one), { symptom: one.symptom });
const codesOf = ({ verdict, alternatives }: Diagnosis): VerdictCode[] =>
  [verdict, ...alternatives].flatMap((cause) => cause?.code ?? []);

describe("a diagnosis names the cause", () => {
  it.each(CASES.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const diagnosis = judge(one);
    const told = { status: diagnosis.status, codes: codesOf(diagnosis), missing: diagnosis.missing };
    if (one.expect === "healthy" || one.expect === "abstained")
      expect(told).toMatchObject({ status: one.expect, codes: [] });
    else {
      const [first, second] = one.expect;
      expect(told.codes[0], JSON.stringify(told)).toBe(first);
      if (second !== undefined) expect(told.codes).toContain(second);
    }
    expect(Diagnosis.parse(diagnosis)).toEqual(diagnosis);
  });

  it("has a case for every cause there is", () => {
    const named = new Set(CASES.flatMap(({ expect: causes }) => (typeof causes === "string" ? [] : causes)));
    expect(VERDICTS.filter((code) => !named.has(code))).toEqual([]);
  });

  it("stands on evidence that the contract takes", () => {
    for (const one of CASES)
      expect(Evidence.safeParse(evidenceOf(one)).error?.issues, one.name).toBeUndefined();
  });

  it("names no cause twice, and no more than there is room for", () => {
    for (const one of CASES) {
      const diagnosis = judge(one);
      expect(diagnosis.alternatives.length).toBeLessThanOrEqual(limits.incidents.candidatesMax);
      expect(new Set(codesOf(diagnosis)).size).toBe(codesOf(diagnosis).length);
    }
  });
});

/** The same value with all keys in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe("a diagnosis is only as good as its evidence", () => {
  it("is the same to the byte for the same evidence, in whatever order its keys are", () => {
    for (const one of CASES) {
      const evidence = evidenceOf(one);
      const again = diagnose(reversed(evidence) as Evidence, { symptom: one.symptom });
      expect(canonicalJson(again), one.name).toBe(canonicalJson(judge(one)));
    }
  });

  it("names no new cause, and none more surely, when any part is missing", () => {
    const causesOf = (evidence: Evidence, symptom: Symptom | null) =>
      nameCauses(evidence, { symptom }, runChecks(CHECKS, evidence, { symptom }));
    for (const [turn, one] of CASES.entries()) {
      const whole = evidenceOf(one);
      const known = new Map(causesOf(whole, one.symptom).map(({ code, confidence }) => [code, confidence]));
      // Each case does without other parts than its neighbours: all of them at once would take long.
      for (const { group, name } of PARTS.filter((_, place) => (place + turn) % 4 === 0)) {
        const less = { ...whole[group], [name]: missing("timeout", "It was not there.") };
        const evidence: Evidence = { ...whole, [group]: less };
        const surer = causesOf(evidence, one.symptom).filter(
          ({ code, confidence }) => known.get(code) !== confidence && known.get(code) !== "certain",
        );
        expect(surer, `${one.name}, without ${group}.${name}`).toEqual([]);
      }
    }
  });

  it("never shows what is not known as fine, nor a finding without what it stands on", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CASES), fc.subarray(PARTS), (one, parts) => {
        const evidence = evidenceOf(one);
        for (const { group, name } of parts)
          Object.assign(evidence[group], { [name]: missing("failed", "It broke.") });
        const diagnosis = diagnose(evidence, { symptom: one.symptom });
        for (const { checks, status } of diagnosis.stages) {
          for (const check of checks)
            if (check.status === "fail" || check.status === "warn")
              expect(check.evidence.length).toBeGreaterThan(0);
          if (checks.some((check) => check.status === "unknown"))
            expect(["pass", "skipped"]).not.toContain(status);
        }
        for (const { group, name } of parts)
          expect(diagnosis.missing.map(({ part }) => part)).toContain(
            partWords(`${group}.${name}` as EvidencePart),
          );
      }),
      { numRuns: 60 },
    );
  });

  it("abstains when nothing was collected, whatever is asked", () => {
    for (const symptom of [null, ...SYMPTOMS]) {
      const evidence = healthyEvidence();
      for (const { group, name } of PARTS)
        Object.assign(evidence[group], { [name]: missing("timeout", "Too late.") });
      expect(diagnose(evidence, { symptom })).toMatchObject({ status: "abstained", verdict: null });
    }
  });

  it("refuses a check that finds something without saying where", () => {
    const check = {
      id: "made.up",
      stage: "smoke" as const,
      title: "Made up",
      needs: [],
      run: () => ({ status: "fail" as const, lookedAt: "", finding: "Bad.", evidence: [] }),
    };
    expect(() => runChecks([check], healthyEvidence(), { symptom: null })).toThrow(/does not say where/);
  });

  it("guesses the symptom of an open question from its cause", () => {
    const asked = CASES.find(({ name }) => name === "the upstream refuses our key");
    if (asked === undefined) throw new Error("no such case");
    expect(diagnose(evidenceOf(asked), { symptom: null }).symptom).toBe("call_fails");
  });
});

const HOSTILE = "\u001b[31m\u202e<img src=x onerror=alert(1)>](javascript:1)\n# x\u0000\ud800 “".repeat(40);

/** Puts hostile text where text of strangers is: into every string that is no id, time, amount or word of ours. */
function hostile(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => hostile(item, key));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hostile(item, name)]));
  const isText = [
    "message",
    "detail",
    "answer",
    "name",
    "client",
    "actor",
    "note",
    "host",
    "label",
    "tool",
    "error",
  ].includes(key);
  return typeof value === "string" && isText ? `${value} ${HOSTILE}` : value;
}

it("keeps hostile text within its limits and harmless on a line", () => {
  for (const one of CASES) {
    const diagnosis = diagnose(hostile(evidenceOf(one)) as Evidence, { symptom: one.symptom });
    expect(Diagnosis.safeParse(diagnosis).error?.issues, one.name).toBeUndefined();
    expect(JSON.stringify(diagnosis)).not.toMatch(/\\u001b|\u202e|\\u0000|\\ud800|\\n/);
  }
});

describe("what people read", () => {
  const textsOf = ({ headline, verdict, alternatives, stages, missing: parts }: Diagnosis): string[] => [
    headline,
    ...[verdict, ...alternatives].flatMap((cause) => (cause ? [cause.sentence, ...cause.fix] : [])),
    ...stages.flatMap(({ checks }) => checks.map(({ finding }) => finding)),
    ...parts.flatMap(({ part, why, how }) => [part, why, how]),
  ];

  it("is in words: no path of the evidence, no id of an agent, one full stop, and a capital where a sentence begins", () => {
    for (const one of CASES)
      for (const text of textsOf(judge(one))) {
        expect(text, one.name).not.toMatch(/agent:agt_|\bagt_\w+ called|[.!?]”\.|\.\.$/);
        expect(text, one.name).not.toMatch(
          /^(?:a|an|the|its|p95|region|version|[a-z]+_budget|[a-z]+\.[a-z]+[A-Z]\w*)\b/,
        );
      }
    const loop = CASES.find(({ name }) => name === "an agent repeats itself");
    expect(loop && judge(loop).headline).toMatch(/^Desk agent makes the same call of get_ticket/);
  });

  it("tells an amount in no headline of what is not explained: its reader need not be allowed to see billing", () => {
    const evidence = healthyEvidence();
    const { balance } = evidence.billing;
    if (balance.status === "collected")
      Object.assign(balance.value, { availableMicros: "-12340000", heldMicros: "0", isPriced: true });
    const results = runChecks(CHECKS, evidence, { symptom: null });
    expect(JSON.stringify(results)).toContain("$12.34");
    const undecided = whatIsUndecided(
      { ...evidence, subject: { ...evidence.subject, server: null } },
      { symptom: null },
      results,
    );
    expect(undecided.map(({ headline }) => headline)).toEqual(["Something in billing is not explained."]);
    expect(undecided.map(({ part }) => part)).toEqual(["Billing: credits and debt"]);
  });
});

it("who is turned away at an agent's door is not told to open ours", () => {
  const evidence = healthyEvidence();
  const probe = collected({
    checkId: null,
    requestId: null,
    status: "failed" as const,
    era: null,
    protocolVersion: null,
    durationMs: 3,
    failure: {
      step: "connect",
      code: "forbidden",
      message: "This agent is paused. Do not try again; ask its owner to resume it.",
      fix: "Turn direct access on in the server's settings.",
    },
    tools: [],
    toolCount: 0,
  });
  evidence.smoke.asAgent = probe;
  const { stages } = diagnose(evidence, { symptom: "agent_fails" });
  const told = stages.flatMap(({ checks }) => checks).find(({ id }) => id === "smoke.as_agent");
  expect(told).toMatchObject({ status: "fail", fix: [] });
});
