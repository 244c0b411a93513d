import { microsOf } from "#lib/kernel/money.ts";
import { nothingFound, notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { isClawback, isExpiry, isFailedPayment, isNoticed, movementsOf, sumOf } from "../../facts/money.ts";
import { billingPath, ledgerRef, ledgerRefs, settingRef } from "../../facts/refs.ts";
import { said, usd } from "../../facts/words.ts";

export const balance: Check = {
  id: "billing.balance",
  stage: "usage_billing",
  title: "Credits and debt",
  needs: ["billing.balance"],
  run(evidence) {
    const found = valueIn(evidence.billing.balance);
    const lookedAt = "Credits that calls may still use, and what is owed.";
    if (found === null) return notKnown(lookedAt);
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

export const expiry: Check = {
  id: "billing.expiry",
  stage: "usage_billing",
  title: "Expired credits",
  needs: ["billing.movements"],
  run(evidence) {
    const sum = sumOf(movementsOf(evidence).filter(isExpiry));
    const lookedAt = "Credits that expired unused in the window.";
    if (!isNoticed(evidence, sum.now))
      return nothingFound(lookedAt, "None worth mentioning.", ["credits_expired"]);
    return {
      status: "fail",
      lookedAt,
      finding: `${usd(sum.now)} expired unused.`,
      evidence: ledgerRefs("billing.movements.expiry", `${usd(sum.now)} expired`, sum),
      supports: ["credits_expired"],
    };
  },
};

export const clawbacks: Check = {
  id: "billing.refunds",
  stage: "usage_billing",
  title: "Refunds and disputes",
  needs: ["billing.movements"],
  run(evidence) {
    const sum = sumOf(movementsOf(evidence).filter(isClawback));
    const lookedAt = "Payments that went back to the payer in the window.";
    if (!isNoticed(evidence, sum.now)) return nothingFound(lookedAt, "None.", ["refund_or_dispute"]);
    return {
      status: "fail",
      lookedAt,
      finding: `${usd(sum.now)} went back to the payer.`,
      evidence: ledgerRefs("billing.movements.refund", `${usd(sum.now)} taken back`, sum),
      supports: ["refund_or_dispute"],
    };
  },
};

export const payments: Check = {
  id: "billing.payments",
  stage: "usage_billing",
  title: "Payments",
  needs: ["billing.payments"],
  run(evidence) {
    const found = valueIn(evidence.billing.payments) ?? [];
    const lookedAt = "Payments and automatic top-ups that need somebody.";
    const failed = found.filter(({ kind, detail }) => isFailedPayment(`${kind} ${detail}`));
    const [first] = found;
    if (first === undefined) return nothingFound(lookedAt, "Nothing is open.", ["payment_failed"]);
    return {
      status: "warn",
      lookedAt,
      finding: `${said((failed[0] ?? first).detail, 300)}`,
      evidence: found
        .slice(0, 5)
        .map(({ kind, detail, at }, place) =>
          ledgerRef(`billing.payments.${place}`, `${said(kind, 60)}: ${said(detail, 200)}`, at),
        ),
      supports: failed.length > 0 ? ["payment_failed"] : [],
    };
  },
};
