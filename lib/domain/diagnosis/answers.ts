import type { CheckAnswer } from "./check.ts";

/** What the check needs is not there, so it can say nothing. */
export const notKnown = (lookedAt: string, finding = "Not known."): CheckAnswer => ({
  status: "unknown",
  lookedAt,
  finding,
  evidence: [],
});

/** There is nothing that the check could be about. */
export const doesNotApply = (lookedAt: string, finding: string): CheckAnswer => ({
  status: "skipped",
  lookedAt,
  finding,
  evidence: [],
});

/** What was looked for is not there, and neither is what it would speak for. */
export const nothingFound = (
  lookedAt: string,
  finding: string,
  rulesOut: CheckAnswer["rulesOut"] = [],
): CheckAnswer => ({ status: "pass", lookedAt, finding, evidence: [], rulesOut });
