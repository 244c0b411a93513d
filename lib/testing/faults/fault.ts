import type { DiagnoseInput, Symptom, VerdictCode } from "#lib/contract/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import type { Fleet } from "./fleet.ts";

/** What somebody asks when they noticed it, and as whom. */
export interface Asked {
  readonly ctx: Ctx;
  readonly input: DiagnoseInput;
  /** Puts back what others share. */
  undo?(): Promise<void>;
}

/** Codes that name the same cause: any of them is right. */
export type Cause = readonly [VerdictCode, ...VerdictCode[]];

/** Something that is done to a fleet, and what a diagnosis must then say. The diagnoser never sees `expect`. */
export interface Fault {
  readonly id: string;
  readonly symptom: Symptom | null;
  /** Does what really goes wrong, with traffic of real clients, and answers the question. */
  inject(fleet: Fleet): Promise<Asked>;
  /** The true causes, or that there is none, or that it cannot be known. */
  readonly expect: { readonly causes: readonly Cause[] } | "healthy" | "abstained";
  /** Changes what all share, so nothing else runs meanwhile. */
  readonly isAlone?: true;
  /** Cheap and telling: part of the set that runs with every test run. */
  readonly isReduced?: true;
}

export type FaultKind = "single" | "double" | "decoy" | "withheld";

export function kindOf({ expect }: Pick<Fault, "expect">): FaultKind {
  if (expect === "healthy") return "decoy";
  if (expect === "abstained") return "withheld";
  return expect.causes.length > 1 ? "double" : "single";
}

/** One true cause; further codes are other names of it. */
export const cause = (...codes: Cause): Fault["expect"] => ({ causes: [codes] });
/** Two faults at once. */
export const causes = (one: Cause, other: Cause): Fault["expect"] => ({ causes: [one, other] });
