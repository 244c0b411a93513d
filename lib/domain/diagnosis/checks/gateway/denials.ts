import type {
  DecisionEvidence,
  DecisionReason,
  Evidence,
  EvidenceRef,
  VerdictCode,
} from "#lib/contract/index.ts";
import type { Check } from "../../check.ts";
import { valueIn } from "../../facts/collected.ts";
import { denialWords } from "../../facts/denial-words.ts";
import { CAUSE_OF_DENIAL, isKnownReason, tellingDenials } from "../../facts/denials.ts";
import { gatewayPath, logPath } from "../../facts/refs.ts";
import { clock, counted, listed, said } from "../../facts/words.ts";

export const denialRef = (evidence: Evidence, denied: DecisionEvidence): EvidenceRef => {
  const example = denied.examples[0];
  return {
    kind: "decision",
    id: example?.requestId ?? `gateway.decisions.${denied.reason}`,
    label: `${counted(denied.count, "request")} denied: ${said(denied.reason, 60)} (${denied.countBefore} before)`,
    at: denied.lastAt,
    path:
      gatewayPath(denied.gatewayId, "/logs", {
        window: "custom",
        from: evidence.window.from,
        to: evidence.window.to,
        decision: denied.reason,
      }) ?? logPath(evidence, { requestId: example?.requestId }),
  };
};

/** Causes for which a denial speaks: its own, and that nothing came through. */
function causesOf(reasons: readonly string[]): VerdictCode[] {
  const own = reasons.flatMap((reason) => (isKnownReason(reason) ? (CAUSE_OF_DENIAL[reason] ?? []) : []));
  const wrongUrl: VerdictCode[] = reasons.includes("direct_access_off") ? ["wrong_url"] : [];
  return [...new Set([...own, ...wrongUrl, "blocked_at_gateway" as const])];
}

export function denials(id: string, title: string, reasons: readonly DecisionReason[]): Check {
  return {
    id,
    stage: "gateway",
    title,
    needs: ["gateway.decisions"],
    run(evidence, { symptom }) {
      const lookedAt = `Requests that were turned away: ${listed(reasons, 12)}.`;
      const all = (valueIn(evidence.gateway.decisions) ?? []).filter(({ reason }) =>
        reasons.some((one) => one === reason),
      );
      const telling = tellingDenials(evidence, symptom).filter(({ reason }) =>
        reasons.some((one) => one === reason),
      );
      const [worst] = telling;
      const rulesOut = [...new Set(reasons.flatMap((reason) => CAUSE_OF_DENIAL[reason] ?? []))];
      if (worst === undefined) {
        const count = all.reduce((sum, denied) => sum + denied.count, 0);
        return {
          status: "pass",
          lookedAt,
          finding:
            count === 0
              ? "None."
              : `${counted(count, "request")}, no more than strangers cause while callers come in.`,
          evidence: all.slice(0, 3).map((denied) => denialRef(evidence, denied)),
          rulesOut,
        };
      }
      return {
        status: "fail",
        lookedAt,
        finding: `${telling
          .map(
            (denied) =>
              `${counted(denied.count, "request")} denied since ${clock(denied.firstAt, evidence.at)}, last at ${clock(denied.lastAt, evidence.at)}, because ${denialWords(denied.reason)}`,
          )
          .slice(0, 3)
          .join("; ")}.`,
        evidence: telling.slice(0, 10).map((denied) => denialRef(evidence, denied)),
        supports: causesOf(telling.map(({ reason }) => reason)),
        fix: telling
          .flatMap(({ examples }) =>
            examples[0]?.explanation ? [said(examples[0].explanation.fix, 300)] : [],
          )
          .slice(0, 3),
      };
    },
  };
}
