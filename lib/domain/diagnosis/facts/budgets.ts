import type { DecisionEvidence, Evidence } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { valueIn } from "./collected.ts";
import { denialsOf } from "./denials.ts";
import { isUse, movementsOf, sumOf } from "./money.ts";
import { isOfAsked } from "./over.ts";

export type Layer = Extract<Evidence["budget"]["layers"], { status: "collected" }>["value"][number];

/** Denials for a budget of whoever is asked about. */
export const ownBudgetDenials = (evidence: Evidence): DecisionEvidence[] =>
  denialsOf(evidence, "budget_exhausted").filter((denied) => isOfAsked(evidence, denied));

/** What the newest denial said was left, and of what: the limit that stopped the call. */
export function stoppedBy(denied: readonly DecisionEvidence[]): {
  limitSource: string;
  scope: string;
  remainingMicros: bigint;
} | null {
  for (const { examples } of denied)
    for (const { explanation } of examples) {
      const { limitSource, remainingMicros } = explanation?.expected ?? {};
      if (typeof limitSource !== "string") continue;
      const left =
        typeof remainingMicros === "string" && /^-?\d+$/.test(remainingMicros) ? remainingMicros : "0";
      return {
        limitSource,
        scope: String(explanation?.presented.scope ?? ""),
        remainingMicros: BigInt(left),
      };
    }
  return null;
}

/** The layer that stopped calls; without a denial that names one, the agent's own when it is used up. */
export function layerInQuestion(evidence: Evidence, denied: readonly DecisionEvidence[]): Layer | null {
  const layers = valueIn(evidence.budget.layers) ?? [];
  const stopped = stoppedBy(denied);
  if (stopped !== null) {
    const same = layers.filter(({ limitSource }) => limitSource === stopped.limitSource);
    return same.find(({ scopeId }) => stopped.scope.endsWith(scopeId)) ?? same[0] ?? null;
  }
  const empty = layers.filter(isUsedUp);
  // Conversations and users come to their caps every day: that stops nobody else.
  return (
    empty.find(({ limitSource }) => limitSource === "agent_budget") ??
    (denied.length > 0 ? empty[0] : null) ??
    null
  );
}

export const isUsedUp = ({ remainingMicros }: Pick<Layer, "remainingMicros">): boolean =>
  microsOf(remainingMicros) <= 0n;

/** Whether there is room for calls again where there was none: more than what stopped them, and enough for some. */
export function hasRoom(
  evidence: Evidence,
  leftMicros: bigint,
  denied: readonly DecisionEvidence[],
): boolean {
  const used = sumOf(movementsOf(evidence).filter(isUse));
  const perCall = used.count === 0 ? 0n : used.now / BigInt(used.count);
  const before = stoppedBy(denied)?.remainingMicros ?? 0n;
  return leftMicros > before && leftMicros >= 2n * perCall && leftMicros > 0n;
}
