import type { Evidence, VerdictCode } from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";

type Host = Extract<Evidence["logs"]["upstream"], { status: "collected" }>["value"][number];
export interface UpstreamTrouble {
  readonly cause: VerdictCode;
  readonly answers: readonly string[];
}
export const REFUSED: UpstreamTrouble = { cause: "upstream_auth", answers: ["401", "403"] };
export const UNREACHED: UpstreamTrouble = {
  cause: "upstream_down",
  answers: ["failed", "refused", "timeout"],
};
export const BROKEN: UpstreamTrouble = { cause: "upstream_errors", answers: ["5xx"] };
export const UPSTREAM_TROUBLES: readonly UpstreamTrouble[] = [REFUSED, UNREACHED, BROKEN];

const COUNT_MIN = 3;
const NEW_SHARE_MIN = 0.15;
const OLD_SHARE_MIN = 0.5;

const countOf = (byAnswer: Host["byAnswer"], { answers }: UpstreamTrouble): number =>
  answers.reduce((sum, answer) => sum + (byAnswer[answer] ?? 0), 0);

/** Hosts that gave such answers to many calls: more than before, or to most. */
export function mostlyAnswered(evidence: Evidence, trouble: UpstreamTrouble): (Host & { count: number })[] {
  const { server } = evidence.subject;
  // What we gave up waiting for is no proof that a connected server is down: its calls met a cap of ours.
  const told =
    trouble === UNREACHED && server?.kind !== "hosted"
      ? { ...trouble, answers: trouble.answers.filter((answer) => answer !== "timeout") }
      : trouble;
  return (valueIn(evidence.logs.upstream) ?? []).flatMap((host) => {
    const count = countOf(host.byAnswer, told);
    if (count < COUNT_MIN) return [];
    const share = count / host.calls;
    const shareBefore = host.callsBefore === 0 ? 0 : countOf(host.byAnswerBefore, told) / host.callsBefore;
    const isTelling = share > 2 * shareBefore ? share >= NEW_SHARE_MIN : share >= OLD_SHARE_MIN;
    return isTelling ? [{ ...host, count }] : [];
  });
}
