import type {
  DecisionEvidence,
  DecisionReason,
  Evidence,
  Symptom,
  VerdictCode,
} from "#lib/contract/index.ts";
import { valueIn } from "./collected.ts";
import { isBeforeKept } from "./kept.ts";

/** What a reason of the gateway says about the cause; null: an every-day answer that is no fault by itself. */
export const CAUSE_OF_DENIAL = {
  allowed: null,
  credentials_missing: "credentials_missing",
  credentials_ambiguous: "credentials_missing",
  access_method_off: "credentials_missing",
  key_unknown: "key_unknown",
  key_expired: "key_expired",
  key_revoked: "key_revoked",
  key_of_other_gateway: "key_unknown",
  token_malformed: "token_invalid",
  token_algorithm_refused: "token_invalid",
  token_key_unknown: "token_invalid",
  token_signature_invalid: "token_invalid",
  token_expired: "token_expired",
  token_not_yet_valid: "clock_skew",
  token_issuer_mismatch: "token_issuer",
  token_audience_mismatch: "token_audience",
  token_scope_missing: "token_scope",
  issuer_unreachable: "issuer_unreachable",
  grant_missing_for_server: "tool_not_granted",
  grant_missing_for_tool: "tool_not_granted",
  rate_limited: "rate_limited",
  concurrency_limited: "rate_limited",
  session_of_other_principal: null,
  session_unknown: null,
  agent_paused: "agent_paused",
  agent_not_attached: "agent_not_attached",
  loop_suspected: "loop",
  budget_exceeded: "budget_exhausted",
  credits_exhausted: "credits_exhausted",
  budget_unavailable: "metering_stale",
  direct_access_off: "direct_access_off",
  server_inactive: "server_inactive",
} as const satisfies Record<DecisionReason, VerdictCode | null>;

export const isKnownReason = (reason: string): reason is DecisionReason => reason in CAUSE_OF_DENIAL;

/** Anybody who finds the address gets these; they say something only when they are many. */
const OF_STRANGERS: ReadonlySet<string> = new Set([
  "credentials_missing",
  "credentials_ambiguous",
  "access_method_off",
  "key_unknown",
  "token_malformed",
  "direct_access_off",
]);
/** A single one of these stops whoever is asked about. */
const SHARE_MIN = 0.1;
const STRANGER_SHARE_MIN = 0.25;
const COUNT_MIN = 3;
const STRANGER_COUNT_MIN = 5;

/** More than this, and so many times more than before, is a burst, however many others come in. */
const BURST_MIN = 20;
const BURST_FACTOR_MIN = 5;

/**
 * Denials that keep somebody out who should be in, the most frequent first. To who asks about many refusals (`auth_burst`),
 * so many more than before are such, whoever they are.
 */
export function tellingDenials(evidence: Evidence, symptom: Symptom | null = null): DecisionEvidence[] {
  return (valueIn(evidence.gateway.decisions) ?? []).filter(
    (denied) =>
      isKnownReason(denied.reason) &&
      CAUSE_OF_DENIAL[denied.reason] !== null &&
      (isTelling(evidence, denied) || (symptom === "auth_burst" && isBurst(evidence, denied))),
  );
}

/** They are answered otherwise than with 401 or 403. */
const OF_LIMITS: ReadonlySet<string> = new Set([
  "rate_limited",
  "concurrency_limited",
  "budget_exceeded",
  "credits_exhausted",
  "budget_unavailable",
]);
const isBurst = (evidence: Evidence, { reason, count, countBefore }: DecisionEvidence): boolean =>
  !OF_LIMITS.has(reason) &&
  isBeforeKept(evidence) &&
  count >= BURST_MIN &&
  count >= BURST_FACTOR_MIN * countBefore;

function isTelling(evidence: Evidence, denied: DecisionEvidence): boolean {
  if (denied.count === 0) return false;
  if (isAbout(evidence, denied)) return true;
  const counts = valueIn(evidence.logs.counts);
  if (counts === null) return false;
  const isStranger = OF_STRANGERS.has(denied.reason);
  // Where access tokens are taken, or nobody knows whether they are, a client asks once without one to learn where they are
  // to be had, and comes back.
  if (
    denied.reason === "credentials_missing" &&
    (valueIn(evidence.hosting.urls)?.gatewayAccess ?? ["oauth"]).includes("oauth") &&
    denied.count <= Math.max(counts.now.listsOk, admittedCallers(evidence))
  )
    return false;
  if (denied.reason === "token_expired" && isRenewedLate(denied)) return false;
  if (denied.count < (isStranger ? STRANGER_COUNT_MIN : COUNT_MIN)) return false;
  const share = denied.count / (denied.count + counts.now.callsOk + counts.now.listsOk);
  const before = denied.countBefore;
  const shareBefore = !isBeforeKept(evidence)
    ? share
    : before === 0
      ? 0
      : before / (before + counts.before.callsOk + counts.before.listsOk);
  // One whose credential was good once and who stays out is kept out, however many others come in.
  if (WORN_OUT.has(denied.reason) && isBeforeKept(evidence) && lastingly(denied) >= LASTING_MIN)
    return denied.count > 1.5 * before || share >= 0.5;
  // What was denied just as much before is how it always is, unless hardly anybody gets in.
  if (share <= 1.5 * shareBefore) return share >= 0.5;
  return share >= (isStranger ? STRANGER_SHARE_MIN : SHARE_MIN);
}

/** Clients learn from a refusal that their token is over: everybody came back with a new one, and none was refused for long. */
const REFUSED_WHILE_RENEWING_MAX = 5;
const isRenewedLate = ({ count, callers }: DecisionEvidence): boolean =>
  callers.reduce((sum, one) => sum + one.count, 0) >= count &&
  callers.every((one) => one.backAt !== null && one.count <= REFUSED_WHILE_RENEWING_MAX);

const LASTING_MIN = 10;
const WORN_OUT: ReadonlySet<string> = new Set([
  "key_expired",
  "key_revoked",
  "token_expired",
  "token_key_unknown",
  "issuer_unreachable",
]);
const lastingly = ({ callers }: DecisionEvidence): number =>
  callers.reduce((most, one) => (one.backAt === null ? Math.max(most, one.count) : most), 0);

/** Somebody is refused again and again and does not come in: not a client that is about to get a new token. */
export const isLastingly = (denied: readonly DecisionEvidence[]): boolean =>
  denied.some((one) => lastingly(one) >= COUNT_MIN);

const admittedCallers = (evidence: Evidence): number =>
  (valueIn(evidence.gateway.reach) ?? []).filter(({ stages }) =>
    stages.some(({ stage, state }) => stage === "authorization" && state === "passed"),
  ).length;

/** The call, the agent or the client that is asked about was turned away, and does not get in otherwise. */
function isAbout(evidence: Evidence, { reason, examples }: DecisionEvidence): boolean {
  const { requestId, agent, client } = evidence.subject;
  if (requestId !== null && examples.some((example) => example.requestId === requestId)) return true;
  if (agent !== null) {
    const own = valueIn(evidence.budget.calls);
    if (
      own !== null &&
      own.calls > 0 &&
      own.callsOk / own.calls <= 0.8 &&
      examples.some(({ agentId }) => agentId === agent.id)
    )
      return true;
  }
  if (client === null) return false;
  return (valueIn(evidence.gateway.reach) ?? []).some(
    (reach) =>
      reach.client === client &&
      reach.stages.some(
        (stage) => stage.state === "failed" && stage.reason === reason && stage.stage !== "discovery",
      ),
  );
}

export const denialsOf = (
  evidence: Evidence,
  code: VerdictCode,
  symptom: Symptom | null = null,
): DecisionEvidence[] =>
  tellingDenials(evidence, symptom).filter(
    ({ reason }) => isKnownReason(reason) && CAUSE_OF_DENIAL[reason] === code,
  );
