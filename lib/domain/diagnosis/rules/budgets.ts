import type { Evidence } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import {
  hasRoom,
  isUsedUp,
  type Layer,
  layerInQuestion,
  ownBudgetDenials,
  stoppedBy,
} from "../facts/budgets.ts";
import { isUnread, valueIn } from "../facts/collected.ts";
import { denialsOf } from "../facts/denials.ts";
import { over, overSince, sinceThen, turnedAway, turnedAwayUntil } from "../facts/over.ts";
import { clock, said, usd } from "../facts/words.ts";
import { raiseBudget } from "./actions.ts";
import type { Cause, Rule } from "./rule.ts";

const nameOf = (layer: Layer | null): string =>
  layer === null
    ? "A budget"
    : `The ${said(layer.limitSource.replaceAll("_", " "), 40)} of ${usd(microsOf(layer.capMicros))}`;

export const budgetExhausted: Rule = {
  code: "budget_exhausted",
  hop: "gateway",
  run(evidence) {
    const denied = ownBudgetDenials(evidence);
    const layer = layerInQuestion(evidence, denied);
    if (denied.length === 0 && (layer === null || !isUsedUp(layer))) return ofOthers(evidence);
    const since = overSince(evidence, denied);
    const isFull = layer !== null && isUsedUp(layer);
    const left = layer === null ? null : microsOf(layer.remainingMicros);
    if (
      !isFull &&
      denied.length > 0 &&
      (since !== null || (left !== null && hasRoom(evidence, left, denied)))
    )
      return {
        ...over(evidence),
        sentence: `${nameOf(layer)} was used up: ${turnedAwayUntil(evidence, denied)}. It has room again${left === null ? "" : ` (${usd(left)} left)`}: ${sinceThen(evidence, since)}.`,
      };
    const isShort = !isFull && stoppedBy(denied) !== null;
    return {
      confidence: denied.length > 0 && !isUnread(evidence.budget.layers) ? "certain" : "likely",
      sentence: `${nameOf(layer)} is ${isShort && left !== null ? `too small for another call (${usd(left)} left)` : "used up"}${turnedAway(denied)}${layer?.resetsAt ? `; it starts again at ${clock(layer.resetsAt, evidence.at)}` : ""}.`,
      fix: ["Raise the cap on the agent's Budget page, or wait until it starts again."],
      actions: raiseBudget(evidence),
    };
  },
};

/** Others met their budgets: of the agent that is asked about nothing says so. */
function ofOthers(evidence: Evidence): Cause | null {
  const denied = denialsOf(evidence, "budget_exhausted");
  if (denied.length === 0) return null;
  const who = said(evidence.subject.agent?.name ?? "", 80);
  const own = valueIn(evidence.budget.layers);
  return {
    confidence: "likely",
    sentence: `A budget of other callers was used up${turnedAway(denied)}${own === null ? "" : `; ${who} has room in its own`}.`,
    fix: ["Raise the cap on the Budget page of the agent that was turned away."],
  };
}
