import { describe, expect, it } from "vitest";
import { SYMPTOMS, VERDICTS } from "#lib/contract/index.ts";
import { FAULTS, type FaultKind, type FaultResult, kindOf, scoreOf } from "./index.ts";

const ofKind = (kind: FaultKind, isReduced = false) =>
  FAULTS.filter((fault) => kindOf(fault) === kind && (!isReduced || fault.isReduced === true));
const symptomsOf = (faults: typeof FAULTS) =>
  new Set(faults.flatMap(({ symptom }) => (symptom === null ? [] : [symptom])));

describe("the faults", () => {
  it("are as many as the bars speak of, each with a name of its own", () => {
    expect(ofKind("single").length).toBeGreaterThanOrEqual(40);
    expect(ofKind("double").length).toBeGreaterThanOrEqual(10);
    expect(ofKind("decoy").length).toBeGreaterThanOrEqual(10);
    expect(ofKind("withheld").length).toBeGreaterThanOrEqual(5);
    expect(new Set(FAULTS.map(({ id }) => id)).size).toBe(FAULTS.length);
  });

  it("show every symptom, also in the set of every test run", () => {
    expect([...symptomsOf(ofKind("single"))].sort()).toEqual([...SYMPTOMS].sort());
    expect([...symptomsOf(ofKind("single", true))].sort()).toEqual([...SYMPTOMS].sort());
    expect(ofKind("single", true).length + ofKind("double", true).length).toBeGreaterThanOrEqual(15);
    expect(ofKind("decoy", true).length).toBeGreaterThanOrEqual(3);
    expect(ofKind("withheld", true).length).toBeGreaterThanOrEqual(2);
  });

  it("have every verdict as a cause", () => {
    const caused = new Set(
      FAULTS.flatMap(({ expect: wanted }) => (typeof wanted === "string" ? [] : wanted.causes.flat())),
    );
    expect(VERDICTS.filter((code) => !caused.has(code))).toEqual([]);
  });
});

const result = (own: Partial<FaultResult>): FaultResult => ({
  id: "one",
  kind: "single",
  said: [],
  expected: [],
  ranks: [1],
  isRight: true,
  headline: "",
  diagnosedMs: 1,
  totalMs: 1,
  error: null,
  ...own,
});

describe("the score", () => {
  const right = Array.from({ length: 60 }, () => result({}));

  it("misses no bar when all is right", () => {
    const all = [...right, result({ kind: "decoy", ranks: [] }), result({ kind: "withheld", ranks: [] })];
    expect(scoreOf(all).missed).toEqual([]);
  });

  it("wants every cause of a double fault within the first three", () => {
    const hidden = [result({ kind: "double", ranks: [1, 4] }), result({ kind: "double", ranks: [1, null] })];
    expect(scoreOf([...right, ...hidden]).withinThree).toEqual({ count: 60, of: 62 });
    expect(scoreOf([...right, ...hidden]).missed).toHaveLength(1);
  });

  it.each([
    [{ kind: "decoy", ranks: [], isRight: false } as const, /healthy/],
    [{ kind: "withheld", ranks: [], isRight: false } as const, /without evidence/],
  ])("forgives no decoy and no guess: %o", (own, missed) => {
    expect(scoreOf([...right, result(own)]).missed).toEqual([expect.stringMatching(missed)]);
  });

  it("counts a fault without an answer as not found", () => {
    const none = Array.from({ length: 10 }, () => result({ ranks: [], isRight: false, error: "it threw" }));
    expect(scoreOf([...right, ...none]).missed).toHaveLength(2);
  });
});
