import type { BrokenHop, Evidence, SuggestedAction, Verdict, VerdictCode } from "#lib/contract/index.ts";
import type { Asked } from "../check.ts";

/** What a rule says of its cause; the engine adds the checks that support it and what they stand on. */
export interface Cause {
  readonly confidence: Verdict["confidence"];
  /** With names and numbers. */
  readonly sentence: string;
  readonly fix: readonly string[];
  readonly actions?: readonly SuggestedAction[];
  /** It was so in the window and is no more. */
  readonly isOver?: boolean;
}

/**
 * One cause and when it is named. Pure, as checks are. A rule asks only for what is there: what is missing must never make a
 * cause appear. A cause that no failed or warned check supports is not named.
 */
export interface Rule {
  readonly code: VerdictCode;
  readonly hop: BrokenHop;
  run(evidence: Evidence, asked: Asked): Cause | null;
}
