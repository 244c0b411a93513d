import { z } from "zod";

/**
 * Why the gateway allowed or denied a request. Open: clients must accept reasons they do not know. `allowed` is the
 * only one that is no denial.
 */
export const DECISION_REASONS = [
  "allowed",
  "credentials_missing",
  "credentials_ambiguous",
  "access_method_off",
  "key_unknown",
  "key_expired",
  "key_revoked",
  "key_of_other_gateway",
  "token_malformed",
  "token_algorithm_refused",
  "token_key_unknown",
  "token_signature_invalid",
  "token_expired",
  "token_not_yet_valid",
  "token_issuer_mismatch",
  "token_audience_mismatch",
  "token_scope_missing",
  "issuer_unreachable",
  "grant_missing_for_server",
  "grant_missing_for_tool",
  "rate_limited",
  "concurrency_limited",
  "session_of_other_principal",
  "session_unknown",
  "agent_paused",
  "agent_not_attached",
  "loop_suspected",
  "budget_exceeded",
  "credits_exhausted",
  "budget_unavailable",
  "direct_access_off",
  "server_inactive",
] as const;
export type DecisionReason = (typeof DECISION_REASONS)[number];

/** What a denied caller presented, what would have let it in, and what to do. Never holds a token or a key. */
export const Explanation = z.object({
  /** E.g. `{"method": "oauth", "iss": "…", "aud": "…", "exp": "…"}`. */
  presented: z.record(z.string(), z.unknown()),
  expected: z.record(z.string(), z.unknown()),
  fix: z.string(),
});
export type Explanation = z.infer<typeof Explanation>;

/** What was decided about one request. */
export const Decision = z.object({
  allowed: z.boolean(),
  reason: z.string(),
  /** `anonymous`, `key:key_…`, `agent:agt_…`, `oauth:<subject>` or `internal`; null before it was known. */
  principal: z.string().nullable(),
  /** The name of the key or agent, while it is known. */
  principalName: z.string().nullable(),
  /** The grant that allowed it. */
  grantId: z.string().nullable(),
  explanation: Explanation.nullable(),
});
export type Decision = z.infer<typeof Decision>;
