import type { Symptom, Verdict, VerdictCode } from "#lib/contract/index.ts";

/** Why a server answers nobody. */
const NOT_SERVING: readonly VerdictCode[] = ["server_deleted", "not_published", "server_inactive"];
/** Why callers are turned away at the door. */
const REFUSED: readonly VerdictCode[] = [
  "key_revoked",
  "key_expired",
  "key_unknown",
  "clock_skew",
  "token_expired",
  "token_audience",
  "token_issuer",
  "token_scope",
  "token_invalid",
  "issuer_unreachable",
  "direct_access_off",
  "credentials_missing",
  "tool_not_granted",
];
const SLOW: readonly VerdictCode[] = ["large_payload", "cold_start", "upstream_slow", "queueing"];
/** Why there is more use than before, besides a loop. */
const MORE_USE: readonly VerdictCode[] = ["retry_storm", "embed_traffic", "new_client", "growth"];

/** Root causes before what follows from them, special ones before general ones. */
const ORDER: readonly VerdictCode[] = [
  ...NOT_SERVING,
  "region_down",
  "bad_deployment",
  "config_change",
  "credits_exhausted",
  "payment_failed",
  "loop",
  "agent_paused",
  "agent_not_attached",
  "budget_exhausted",
  ...REFUSED,
  "rate_limited",
  "client_cached_list",
  "tool_removed",
  "tool_unknown",
  "schema_mismatch",
  "runtime_crash",
  "size_cap",
  "time_cap",
  "upstream_down",
  "upstream_auth",
  "call_time_authorization",
  "upstream_errors",
  "handler_missing",
  "server_code_error",
  "log_pipeline_stale",
  "retention_zero",
  "wrong_url",
  "blocked_at_gateway",
  ...SLOW,
  "metering_stale",
  "ledger_drift",
  "refund_or_dispute",
  "credits_expired",
  "price_change",
  "late_events",
  "hosted_agent_use",
  ...MORE_USE,
  "no_traffic",
];

/** What answers the question that was asked, best first. Between causes that are equally sure it goes before the order above. */
const ANSWERS: Readonly<Record<Symptom, readonly VerdictCode[]>> = {
  empty_logs: [
    ...NOT_SERVING,
    "retention_zero",
    "log_pipeline_stale",
    "wrong_url",
    "blocked_at_gateway",
    "no_traffic",
  ],
  agent_fails: [
    ...NOT_SERVING,
    "loop",
    "agent_paused",
    "agent_not_attached",
    "key_revoked",
    "key_expired",
    "credits_exhausted",
    "budget_exhausted",
    "tool_not_granted",
    "client_cached_list",
    "tool_removed",
    "tool_unknown",
    "schema_mismatch",
  ],
  usage_spike: ["loop", ...MORE_USE],
  credits_drop: [
    "ledger_drift",
    "refund_or_dispute",
    "credits_expired",
    "price_change",
    "late_events",
    "loop",
    "hosted_agent_use",
    "payment_failed",
    "metering_stale",
    "credits_exhausted",
  ],
  call_fails: [],
  slow: SLOW,
  auth_burst: [...REFUSED, "call_time_authorization", "upstream_auth"],
  one_region_or_version: ["region_down", "bad_deployment"],
};

const placeIn = (list: readonly VerdictCode[], code: VerdictCode): number => {
  const place = list.indexOf(code);
  return place === -1 ? list.length : place;
};

/** Certain causes first, then what answers the question, then root causes. */
export function inOrder(verdicts: readonly Verdict[], symptom: Symptom | null): Verdict[] {
  const answers = symptom === null ? [] : ANSWERS[symptom];
  return [...verdicts].sort(
    (a, b) =>
      Number(b.confidence === "certain") - Number(a.confidence === "certain") ||
      placeIn(answers, a.code) - placeIn(answers, b.code) ||
      placeIn(ORDER, a.code) - placeIn(ORDER, b.code),
  );
}

/** The question that a cause answers, where nobody said what they see. */
const SYMPTOM_OF: readonly (readonly [Symptom, readonly VerdictCode[]])[] = [
  ["slow", SLOW],
  ["usage_spike", MORE_USE],
  [
    "credits_drop",
    [
      "ledger_drift",
      "refund_or_dispute",
      "credits_expired",
      "price_change",
      "late_events",
      "hosted_agent_use",
      "payment_failed",
      "metering_stale",
    ],
  ],
  ["empty_logs", ["retention_zero", "log_pipeline_stale", "wrong_url", "blocked_at_gateway", "no_traffic"]],
  ["one_region_or_version", ANSWERS.one_region_or_version],
  [
    "agent_fails",
    [
      "loop",
      "agent_paused",
      "agent_not_attached",
      "budget_exhausted",
      "tool_not_granted",
      "client_cached_list",
      "tool_removed",
      "tool_unknown",
    ],
  ],
  ["auth_burst", REFUSED],
];
export const symptomOf = (code: VerdictCode): Symptom =>
  SYMPTOM_OF.find(([, codes]) => codes.includes(code))?.[0] ?? "call_fails";
