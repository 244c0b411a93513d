import { notKnown } from "../../answers.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { billingPath, ledgerRef, valueRef } from "../../facts/refs.ts";
import { clock, counted } from "../../facts/words.ts";

export const reconciliation: Check = {
  id: "billing.reconciliation",
  stage: "usage_billing",
  title: "Reconciliation",
  needs: ["billing.reconciliation"],
  run(evidence) {
    const last = valueIn(evidence.billing.reconciliation);
    const lookedAt = "The last time that the books were checked against the usage.";
    if (last === null) return notKnown(lookedAt, "The books were never checked.");
    const isOff = last.status === "drift" || last.drifts > 0;
    const finding = isOff
      ? `${counted(last.drifts, "check")} found a difference at ${clock(last.at, evidence.at)}.`
      : `The books balanced at ${clock(last.at, evidence.at)}.`;
    return {
      status: isOff ? "fail" : "pass",
      lookedAt,
      finding,
      evidence: [ledgerRef("billing.reconciliation", finding, last.at)],
      supports: ["ledger_drift"],
      rulesOut: isOff ? [] : ["ledger_drift"],
    };
  },
};

export const metering: Check = {
  id: "billing.metering",
  stage: "usage_billing",
  title: "Metering",
  needs: ["billing.metering"],
  run(evidence) {
    const found = valueIn(evidence.billing.metering);
    const lookedAt = "Usage that waits to be settled.";
    if (found === null) return notKnown(lookedAt);
    const finding = found.isStale
      ? `${counted(found.waiting, "reservation")} ${found.waiting === 1 ? "waits" : "wait"} to be settled${found.oldestAt === null ? "" : ` since ${clock(found.oldestAt, evidence.at)}`}.`
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
