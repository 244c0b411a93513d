import {
  type CheckResult,
  type Diagnosis,
  type Evidence,
  type EvidenceRef,
  MONEY_VERDICTS,
  type Verdict,
} from "#lib/contract/index.ts";

/** What is said in place of what only `billing:read` may see. */
export const BILLING_IS_HIDDEN = "You may not see billing.";
const HOW = "Ask an owner for a role or a token with the scope billing:read.";

const MONEY: ReadonlySet<string> = new Set(MONEY_VERDICTS);
export const isAboutMoney = (verdict: string | null): boolean => verdict !== null && MONEY.has(verdict);

const isMoneyRef = ({ kind, id }: EvidenceRef): boolean => kind === "ledger" || id.startsWith("billing.");

const isMoneyCheck = ({ id, stage, evidence, supports, rulesOut }: CheckResult): boolean =>
  id.startsWith("billing") ||
  evidence.some(isMoneyRef) ||
  (stage === "usage_billing" && [...supports, ...rulesOut].some(isAboutMoney));

const isMoneyVerdict = ({ code, evidence }: Verdict): boolean =>
  isAboutMoney(code) || evidence.some(isMoneyRef);

const WORST_FIRST = ["fail", "warn", "unknown", "pass", "skipped"] as const;

/** The diagnosis as somebody sees it who may not see billing: no amounts, no ledger, and that something is not shown. */
export function withoutMoney(diagnosis: Diagnosis): Diagnosis {
  const stages = diagnosis.stages.map((stage) => {
    const checks = stage.checks.map((check) => (isMoneyCheck(check) ? hidden(check) : check));
    const status = WORST_FIRST.find((candidate) => checks.some((check) => check.status === candidate));
    return { ...stage, status: status ?? stage.status, checks };
  });
  const hides = diagnosis.verdict !== null && isMoneyVerdict(diagnosis.verdict);
  return {
    ...diagnosis,
    ...(hides && { status: "abstained" as const, headline: BILLING_IS_HIDDEN, verdict: null }),
    alternatives: diagnosis.alternatives.filter((verdict) => !isMoneyVerdict(verdict)),
    ruledOut: diagnosis.ruledOut.filter((code) => !isAboutMoney(code)),
    missing: [
      ...diagnosis.missing.filter(({ part }) => !/^billing\b/i.test(part)),
      { part: "Billing", why: BILLING_IS_HIDDEN, how: HOW },
    ],
    stages,
  };
}

const hidden = (check: CheckResult): CheckResult => ({
  ...check,
  status: "unknown",
  finding: BILLING_IS_HIDDEN,
  evidence: [],
  supports: [],
  rulesOut: [],
  fix: [],
});

/** The evidence without its parts of billing. */
export function evidenceWithoutMoney(evidence: Evidence): Evidence {
  const missing = { status: "missing", reason: "not_allowed", message: BILLING_IS_HIDDEN } as const;
  return {
    ...evidence,
    billing: {
      balance: missing,
      movements: missing,
      late: missing,
      prices: missing,
      reconciliation: missing,
      payments: missing,
      metering: missing,
    },
  };
}
