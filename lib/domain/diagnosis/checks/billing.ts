import type { EvidenceRef } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import type { Check } from "../check.ts";
import { valueIn } from "../facts/collected.ts";
import {
  agentsUsingMore,
  agentUse,
  isClawback,
  isExpiry,
  isNoticed,
  movementsOf,
  priceRise,
  type Sum,
  sumOf,
} from "../facts/money.ts";
import { billingPath, settingRef, valueRef } from "../facts/refs.ts";
import { clock, counted, listed, said, usd } from "../facts/words.ts";

/** Transactions of a cause; the sum alone where they are many. */
function ledgerRefs(part: string, label: string, { txIds }: Pick<Sum, "txIds">): EvidenceRef[] {
  if (txIds.length === 0) return [{ kind: "ledger", id: part, label, at: null, path: billingPath() }];
  return txIds.map((id) => ({ kind: "ledger", id, label, at: null, path: billingPath({ tx: id }) }));
}

const balance: Check = {
  id: "billing.balance",
  stage: "usage_billing",
  title: "Credits and debt",
  needs: ["billing.balance"],
  run(evidence) {
    const found = valueIn(evidence.billing.balance);
    const lookedAt = "Credits that calls may still use, and what is owed.";
    if (found === null) return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
    const [available, debt] = [microsOf(found.availableMicros), microsOf(found.debtMicros)];
    const told = `${usd(available)} available, ${usd(microsOf(found.heldMicros))} set aside${debt === 0n ? "" : `, ${usd(debt)} owed`}`;
    const refs = [settingRef("billing.balance", told, billingPath())];
    if (!found.isPriced)
      return {
        status: "pass",
        lookedAt,
        finding: "Calls cost nothing on this plan.",
        evidence: refs,
        rulesOut: ["credits_exhausted"],
      };
    const isEmpty = available <= 0n && microsOf(found.heldMicros) <= 0n;
    return {
      status: isEmpty ? "fail" : debt > 0n ? "warn" : "pass",
      lookedAt,
      finding: isEmpty ? `No credits are left (${told}).` : `${told}.`,
      evidence: refs,
      supports: isEmpty ? ["credits_exhausted"] : [],
      rulesOut: isEmpty ? [] : ["credits_exhausted"],
      fix: isEmpty ? ["Add credits."] : [],
    };
  },
};

const agents: Check = {
  id: "billing.agents",
  stage: "usage_billing",
  title: "Debits by agent",
  needs: ["billing.movements"],
  run(evidence) {
    const used = agentUse(evidence);
    const lookedAt = "What the calls of each agent cost, against the window before.";
    const more = agentsUsingMore(evidence);
    const [most] = used;
    if (more.length === 0)
      return {
        status: "pass",
        lookedAt,
        finding:
          most === undefined
            ? "No agent spent anything."
            : `${said(most.name, 80)} spent ${usd(most.sum.now)}, ${usd(most.sum.before)} before.`,
        evidence:
          most === undefined
            ? []
            : ledgerRefs("billing.movements", `${said(most.name, 80)}: ${usd(most.sum.now)}`, most.sum),
        rulesOut: ["hosted_agent_use"],
      };
    return {
      status: "warn",
      lookedAt,
      finding: `${listed(more.map(({ name, sum }) => `${said(name, 80)} spent ${usd(sum.now)}, ${usd(sum.before)} before`))}.`,
      evidence: more
        .slice(0, 3)
        .flatMap(({ name, sum }) =>
          ledgerRefs(
            "billing.movements",
            `${said(name, 80)}: ${usd(sum.now)}, ${usd(sum.before)} before`,
            sum,
          ),
        )
        .slice(0, 10),
      supports: ["hosted_agent_use", "late_events", "loop"],
    };
  },
};

const prices: Check = {
  id: "billing.prices",
  stage: "usage_billing",
  title: "Prices",
  needs: ["billing.movements"],
  run(evidence) {
    const rise = priceRise(evidence);
    const lookedAt = "The price version of the debits, and what a call costs on average.";
    if (rise === null)
      return {
        status: "pass",
        lookedAt,
        finding: "Calls cost what they did.",
        evidence: [],
        rulesOut: ["price_change"],
      };
    return {
      status: "fail",
      lookedAt,
      finding: `A call costs ${usd(rise.now)} at ${said(rise.to, 60)}; it was ${usd(rise.before)} at ${said(rise.from, 60)}.`,
      evidence: [
        {
          kind: "ledger",
          id: `billing.movements.${said(rise.to, 60)}`,
          label: `${usd(rise.now)} a call, ${usd(rise.before)} before`,
          at:
            valueIn(evidence.billing.prices)?.find(({ version }) => version === rise.to)?.effectiveAt ?? null,
          path: billingPath(),
        },
      ],
      supports: ["price_change"],
    };
  },
};

const expiry: Check = {
  id: "billing.expiry",
  stage: "usage_billing",
  title: "Expired credits",
  needs: ["billing.movements"],
  run(evidence) {
    const sum = sumOf(movementsOf(evidence).filter(isExpiry));
    const lookedAt = "Credits that expired unused in the window.";
    if (!isNoticed(evidence, sum.now))
      return {
        status: "pass",
        lookedAt,
        finding: "None worth mentioning.",
        evidence: [],
        rulesOut: ["credits_expired"],
      };
    return {
      status: "fail",
      lookedAt,
      finding: `${usd(sum.now)} expired unused.`,
      evidence: ledgerRefs("billing.movements.expiry", `${usd(sum.now)} expired`, sum),
      supports: ["credits_expired"],
    };
  },
};

const clawbacks: Check = {
  id: "billing.refunds",
  stage: "usage_billing",
  title: "Refunds and disputes",
  needs: ["billing.movements"],
  run(evidence) {
    const sum = sumOf(movementsOf(evidence).filter(isClawback));
    const lookedAt = "Payments that went back to the payer in the window.";
    if (!isNoticed(evidence, sum.now))
      return { status: "pass", lookedAt, finding: "None.", evidence: [], rulesOut: ["refund_or_dispute"] };
    return {
      status: "fail",
      lookedAt,
      finding: `${usd(sum.now)} went back to the payer.`,
      evidence: ledgerRefs("billing.movements.refund", `${usd(sum.now)} taken back`, sum),
      supports: ["refund_or_dispute"],
    };
  },
};

const late: Check = {
  id: "billing.late",
  stage: "usage_billing",
  title: "Late usage",
  needs: ["billing.late"],
  run(evidence) {
    const found = valueIn(evidence.billing.late);
    const lookedAt = "Usage that was booked in the window and happened before it.";
    const micros = found === null ? 0n : microsOf(found.micros);
    const finding =
      found === null || found.count === 0
        ? "None."
        : `${counted(found.count, "event")} over ${usd(micros)} came late.`;
    const isTelling = found !== null && found.count > 0 && isNoticed(evidence, micros);
    return {
      status: isTelling ? "fail" : "pass",
      lookedAt,
      finding,
      evidence: isTelling
        ? [
            {
              kind: "ledger",
              id: "billing.late",
              label: finding,
              at: null,
              path: billingPath({ category: "usage" }),
            },
          ]
        : [],
      supports: ["late_events"],
      rulesOut: isTelling ? [] : ["late_events"],
    };
  },
};

const payments: Check = {
  id: "billing.payments",
  stage: "usage_billing",
  title: "Payments",
  needs: ["billing.payments"],
  run(evidence) {
    const found = valueIn(evidence.billing.payments) ?? [];
    const lookedAt = "Payments and automatic top-ups that need somebody.";
    const failed = found.filter(({ kind, detail }) => isFailedPayment(`${kind} ${detail}`));
    const [first] = found;
    if (first === undefined)
      return {
        status: "pass",
        lookedAt,
        finding: "Nothing is open.",
        evidence: [],
        rulesOut: ["payment_failed"],
      };
    return {
      status: "warn",
      lookedAt,
      finding: `${said((failed[0] ?? first).detail, 300)}`,
      evidence: found.slice(0, 5).map(({ kind, detail, at }, place) => ({
        kind: "ledger",
        id: `billing.payments.${place}`,
        label: `${said(kind, 60)}: ${said(detail, 200)}`,
        at,
        path: billingPath(),
      })),
      supports: failed.length > 0 ? ["payment_failed"] : [],
    };
  },
};
export const isFailedPayment = (text: string): boolean =>
  /fail|declin|past[ _]due|paused|stopped|unpaid/i.test(text);

const reconciliation: Check = {
  id: "billing.reconciliation",
  stage: "usage_billing",
  title: "Reconciliation",
  needs: ["billing.reconciliation"],
  run(evidence) {
    const last = valueIn(evidence.billing.reconciliation);
    const lookedAt = "The last time that the books were checked against the usage.";
    if (last === null)
      return { status: "unknown", lookedAt, finding: "The books were never checked.", evidence: [] };
    const isOff = last.status === "drift" || last.drifts > 0;
    const finding = isOff
      ? `${counted(last.drifts, "check")} found a difference at ${clock(last.at, evidence.at)}.`
      : `The books balanced at ${clock(last.at, evidence.at)}.`;
    return {
      status: isOff ? "fail" : "pass",
      lookedAt,
      finding,
      evidence: [
        { kind: "ledger", id: "billing.reconciliation", label: finding, at: last.at, path: billingPath() },
      ],
      supports: ["ledger_drift"],
      rulesOut: isOff ? [] : ["ledger_drift"],
    };
  },
};

const metering: Check = {
  id: "billing.metering",
  stage: "usage_billing",
  title: "Metering",
  needs: ["billing.metering"],
  run(evidence) {
    const found = valueIn(evidence.billing.metering);
    const lookedAt = "Usage that waits to be settled.";
    if (found === null) return { status: "unknown", lookedAt, finding: "Not known.", evidence: [] };
    const finding = found.isStale
      ? `${counted(found.waiting, "reservation")} wait to be settled${found.oldestAt === null ? "" : ` since ${clock(found.oldestAt, evidence.at)}`}.`
      : "Usage is settled as it comes.";
    return {
      status: found.isStale ? "fail" : "pass",
      lookedAt,
      finding,
      evidence: [valueRef("billing.metering", finding, billingPath(), found.oldestAt)],
      supports: ["metering_stale"],
      rulesOut: found.isStale ? [] : ["metering_stale"],
    };
  },
};

export const BILLING_CHECKS: readonly Check[] = [
  balance,
  agents,
  prices,
  expiry,
  clawbacks,
  late,
  payments,
  reconciliation,
  metering,
];
