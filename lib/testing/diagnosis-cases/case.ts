import type { Evidence, Symptom, VerdictCode } from "#lib/contract/index.ts";
import { healthyEvidence } from "../healthy-evidence.ts";

/** Healthy evidence in which one thing is different, or two, and what must be said of it. */
export interface Case {
  readonly name: string;
  readonly symptom: Symptom | null;
  change(evidence: Evidence): void;
  /** The cause that is named first, and one that is named as well. */
  readonly expect: "healthy" | "abstained" | readonly [VerdictCode, VerdictCode?];
}

export function evidenceOf({ change }: Pick<Case, "change">): Evidence {
  const evidence = healthyEvidence();
  change(evidence);
  return evidence;
}

const noChange = (): void => undefined;
export const one = (
  name: string,
  symptom: Symptom | null,
  change: Case["change"],
  ...expect: [VerdictCode, VerdictCode?]
): Case => ({ name, symptom, change, expect });
export const fine = (name: string, symptom: Symptom | null, change: Case["change"] = noChange): Case => ({
  name,
  symptom,
  change,
  expect: "healthy",
});
export const unsure = (name: string, symptom: Symptom | null, change: Case["change"]): Case => ({
  name,
  symptom,
  change,
  expect: "abstained",
});
