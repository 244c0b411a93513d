import type { Evidence } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { hasRoom } from "../facts/budgets.ts";
import { isUnread, valueIn } from "../facts/collected.ts";
import { denialsOf } from "../facts/denials.ts";
import {
  agentsUsingMore,
  isClawback,
  isExpiry,
  isFailedPayment,
  isNoticed,
  movementsOf,
  priceRise,
  sumOf,
} from "../facts/money.ts";
import { over, overSince, sinceThen, turnedAwayUntil } from "../facts/over.ts";
import { clock, counted, listed, quoted, said, usd } from "../facts/words.ts";
import { pauseAgent } from "./actions.ts";
import type { Cause, Rule } from "./rule.ts";

/** What moves credits answers questions about credits, and open ones about the organization. */
function ofCredits(code: Rule["code"], run: (evidence: Evidence) => Cause | null): Rule {
  return {
    code,
    hop: "ledger",
    run: (evidence, { symptom }) =>
      symptom === "credits_drop" || (symptom === null && evidence.subject.server === null)
        ? run(evidence)
        : null,
  };
}

const agentUse = ofCredits("hosted_agent_use", (evidence) => {
  const more = agentsUsingMore(evidence);
  const [most] = more;
  if (most === undefined) return null;
  return {
    confidence: "certain",
    sentence: `${listed(more.map(({ name, sum }) => `${said(name, 80)} spent ${usd(sum.now)} instead of ${usd(sum.before)}`))} (${counted(most.sum.count, "charge")}).`,
    fix: ["See what the agent did; give it a monthly cap."],
    actions: pauseAgent(evidence, most),
  };
});

const priceChange = ofCredits("price_change", (evidence) => {
  const rise = priceRise(evidence);
  if (rise === null) return null;
  const since = valueIn(evidence.billing.prices)?.find(({ version }) => version === rise.to)?.effectiveAt;
  return {
    confidence: "certain",
    sentence: `A call costs ${usd(rise.now)} instead of ${usd(rise.before)}: prices are those of ${said(rise.to, 60)}${since === undefined ? "" : ` since ${clock(since, evidence.at)}`}, ${said(rise.from, 60)} before.`,
    fix: ["See the prices on the Billing page; choose another plan if they do not fit."],
  };
});

const expired = ofCredits("credits_expired", (evidence) => {
  const sum = sumOf(movementsOf(evidence).filter(isExpiry));
  if (!isNoticed(evidence, sum.now)) return null;
  return {
    confidence: "certain",
    sentence: `${usd(sum.now)} of credits expired unused in the window.`,
    fix: ["See the ends of the other grants on the Billing page."],
  };
});

const clawedBack = ofCredits("refund_or_dispute", (evidence) => {
  const sum = sumOf(movementsOf(evidence).filter(isClawback));
  if (!isNoticed(evidence, sum.now)) return null;
  const isDispute = movementsOf(evidence).some(
    ({ kind, nowMicros }) => kind === "dispute" && nowMicros !== "0",
  );
  return {
    confidence: "certain",
    sentence: `${usd(sum.now)} ${isDispute ? "of a disputed payment" : "of a refunded payment"} went back to the payer, and the credits with it.`,
    fix: ["See the payment on the Billing page and at the payment provider."],
  };
});

const lateEvents = ofCredits("late_events", (evidence) => {
  const late = valueIn(evidence.billing.late);
  if (late === null || late.count === 0 || !isNoticed(evidence, microsOf(late.micros))) return null;
  return {
    confidence: "certain",
    sentence: `${counted(late.count, "charge")} over ${usd(microsOf(late.micros))} ${late.count === 1 ? "is" : "are"} for use before this window and ${late.count === 1 ? "was" : "were"} told only now.`,
    fix: ["Let whoever reports usage do so as it happens."],
  };
});

const drift = ofCredits("ledger_drift", (evidence) => {
  const last = valueIn(evidence.billing.reconciliation);
  if (last === null || (last.status !== "drift" && last.drifts === 0)) return null;
  return {
    confidence: "certain",
    sentence: `The books do not agree with the usage: ${counted(last.drifts, "check")} found a difference at ${clock(last.at, evidence.at)}.`,
    fix: ["See the failed checks on the Billing page and tell the operator; nothing is corrected by itself."],
  };
});

const exhausted: Rule = {
  code: "credits_exhausted",
  hop: "ledger",
  run(evidence, { symptom }) {
    const turned = denialsOf(evidence, "credits_exhausted");
    const denied = turned.reduce((sum, { count }) => sum + count, 0);
    const balance = valueIn(evidence.billing.balance);
    const isEmpty =
      balance?.isPriced === true &&
      microsOf(balance.availableMicros) <= 0n &&
      microsOf(balance.heldMicros) <= 0n;
    // Nobody was turned away: it is a cause for who asks about credits, or about an agent of which nothing gets through.
    const isAsked =
      symptom === "credits_drop" ||
      evidence.subject.server === null ||
      (symptom === "agent_fails" && (valueIn(evidence.budget.calls)?.callsOk ?? 0) === 0);
    if (denied === 0 && !(isEmpty && isAsked)) return null;
    const since = overSince(evidence, turned);
    const left = balance === null ? null : microsOf(balance.availableMicros);
    const isFree = balance?.isPriced === false;
    if (
      denied > 0 &&
      !isEmpty &&
      (since !== null || isFree || (left !== null && hasRoom(evidence, left, turned)))
    )
      return {
        ...over(evidence),
        sentence: `The organization had too few credits: ${turnedAwayUntil(evidence, turned)}. ${isFree ? "Calls cost nothing now" : left === null ? "It has credits again" : `It has ${usd(left)} now`}: ${sinceThen(evidence, since)}.`,
      };
    return {
      confidence: denied > 0 && !isUnread(evidence.billing.balance) ? "certain" : "likely",
      sentence: `The organization has too few credits${balance === null ? "" : ` (${usd(microsOf(balance.availableMicros))} left)`}${denied === 0 ? "" : `: ${counted(denied, "call")} ${denied === 1 ? "was" : "were"} turned away`}.`,
      fix: ["Add credits, or switch automatic top-ups on."],
    };
  },
};

const paymentFailed: Rule = {
  code: "payment_failed",
  hop: "ledger",
  run(evidence, { symptom }) {
    const failed = (valueIn(evidence.billing.payments) ?? []).filter(({ kind, detail }) =>
      isFailedPayment(`${kind} ${detail}`),
    );
    const [first] = failed;
    const isAsked = symptom === "credits_drop" || (symptom === null && evidence.subject.server === null);
    if (first === undefined || (!isAsked && exhausted.run(evidence, { symptom }) === null)) return null;
    return {
      confidence: "likely",
      sentence: `A payment or top-up failed${first.at === null ? "" : ` at ${clock(first.at, evidence.at)}`}: ${quoted(first.detail, 300)}.`,
      fix: ["Save a card that works on the Billing page."],
    };
  },
};

const meteringStale: Rule = {
  code: "metering_stale",
  hop: "ledger",
  run(evidence, { symptom }) {
    const metering = valueIn(evidence.billing.metering);
    const turned = denialsOf(evidence, "metering_stale");
    const denied = turned.reduce((sum, { count }) => sum + count, 0);
    const since = overSince(evidence, turned);
    if (denied > 0 && since !== null && metering?.isStale !== true)
      return {
        ...over(evidence),
        sentence: `${turnedAwayUntil(evidence, turned)} because budgets could not be asked: ${sinceThen(evidence, since)}.`,
      };
    const isAsked =
      symptom === "credits_drop" ||
      symptom === "usage_spike" ||
      (symptom === null && evidence.subject.server === null);
    if (denied === 0 && (metering?.isStale !== true || !isAsked)) return null;
    return {
      confidence: "certain",
      sentence:
        denied > 0
          ? `${counted(denied, "call")} ${denied === 1 ? "was" : "were"} turned away because budgets could not be asked: the metering of this installation is behind.`
          : `Usage is not settled${metering?.oldestAt ? ` since ${clock(metering.oldestAt, evidence.at)}` : ""}: ${counted(metering?.waiting ?? 0, "reservation")} ${metering?.waiting === 1 ? "waits" : "wait"}, so amounts are not final.`,
      fix: ["See whether every node is up and reaches the database."],
    };
  },
};

export const CREDIT_RULES: readonly Rule[] = [
  drift,
  clawedBack,
  expired,
  priceChange,
  lateEvents,
  agentUse,
  exhausted,
  paymentFailed,
  meteringStale,
];
