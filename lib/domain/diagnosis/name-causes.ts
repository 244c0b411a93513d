import type { CheckResult, Evidence, EvidenceRef, Verdict } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Asked } from "./check.ts";
import { said, sentence } from "./facts/words.ts";
import { RULES } from "./rules/index.ts";
import { inOrder } from "./rules/order.ts";

const { textCharactersMax, refsPerFindingMax } = limits.incidents;
/** So that what one check found leaves room for the others. */
const REFS_PER_CHECK_MAX = 4;

/** Causes that the evidence names, best first and last what is over. Each stands on checks that failed or warned; without one it is not named. */
export function nameCauses(evidence: Evidence, asked: Asked, results: readonly CheckResult[]): Verdict[] {
  const causes = RULES.flatMap(({ code, hop, run }) => {
    const supporting = results.filter(({ supports }) => supports.includes(code));
    const cause = supporting.length === 0 ? null : run(evidence, asked);
    if (cause === null) return [];
    const verdict: Verdict = {
      code,
      sentence: sentence(cause.sentence, textCharactersMax),
      hop,
      confidence: cause.confidence,
      checks: supporting.map(({ id }) => id),
      evidence: refsOf(supporting),
      fix: cause.fix.map((text) => said(text, textCharactersMax)),
      actions: [...(cause.actions ?? [])],
    };
    return [{ verdict, isOver: cause.isOver === true }];
  });
  const those = (over: boolean) =>
    inOrder(
      causes.flatMap(({ verdict, isOver }) => (isOver === over ? [verdict] : [])),
      asked.symptom,
    );
  return [...those(false), ...those(true)];
}

function refsOf(supporting: readonly CheckResult[]): EvidenceRef[] {
  // What failed says more than what is merely odd.
  const worstFirst = [...supporting].sort(
    (a, b) => Number(b.status === "fail") - Number(a.status === "fail"),
  );
  const refs = worstFirst.flatMap(({ evidence }) => evidence.slice(0, REFS_PER_CHECK_MAX));
  return [...new Map(refs.map((ref) => [`${ref.kind} ${ref.id}`, ref])).values()].slice(0, refsPerFindingMax);
}
