import type { CheckResult, Evidence, Stage, Symptom } from "#lib/contract/index.ts";

/** What a check says; the engine adds who said it. */
export type CheckAnswer = Pick<CheckResult, "status" | "lookedAt" | "finding" | "evidence"> &
  Partial<Pick<CheckResult, "supports" | "rulesOut" | "fix">>;

/** What was asked for besides the evidence. */
export interface Asked {
  readonly symptom: Symptom | null;
}

/**
 * One question to the evidence. Pure: the same evidence gives the same answer, no clock, no randomness, no order of keys.
 * `needs` names parts such as `logs.counts`; when one of them is missing the engine answers `unknown` (`skipped` where it is
 * `not_applicable`) without running it. A `fail` or `warn` without evidence is a defect, which the engine refuses.
 */
export interface Check {
  readonly id: string;
  readonly stage: Stage;
  readonly title: string;
  readonly needs: readonly EvidencePart[];
  run(evidence: Evidence, asked: Asked): CheckAnswer;
}

type Parts<Group extends keyof Evidence> = `${Group & string}.${keyof Evidence[Group] & string}`;

/** A section of the evidence by its path. */
export type EvidencePart =
  | Parts<"smoke">
  | Parts<"hosting">
  | Parts<"logs">
  | Parts<"gateway">
  | Parts<"usage">
  | Parts<"billing">
  | Parts<"budget">;
