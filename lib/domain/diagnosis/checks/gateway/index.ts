import type { Check } from "../../check.ts";
import { keyEvents, upstreamAuthChange } from "./changes.ts";
import { denials } from "./denials.ts";
import { doctor } from "./doctor.ts";
import { reach } from "./reach.ts";

export const GATEWAY_CHECKS: readonly Check[] = [
  denials("gateway.credentials", "Credentials", [
    "credentials_missing",
    "credentials_ambiguous",
    "access_method_off",
  ]),
  denials("gateway.keys", "Keys", ["key_unknown", "key_expired", "key_revoked", "key_of_other_gateway"]),
  denials("gateway.tokens", "Access tokens", [
    "token_expired",
    "token_not_yet_valid",
    "token_audience_mismatch",
    "token_issuer_mismatch",
    "token_scope_missing",
    "token_malformed",
    "token_algorithm_refused",
    "token_key_unknown",
    "token_signature_invalid",
    "issuer_unreachable",
  ]),
  denials("gateway.grants", "Grants", ["grant_missing_for_server", "grant_missing_for_tool"]),
  denials("gateway.limits", "Rate limits", ["rate_limited", "concurrency_limited"]),
  denials("gateway.budgets", "Budgets and credits", [
    "budget_exceeded",
    "credits_exhausted",
    "budget_unavailable",
  ]),
  denials("gateway.agents", "Agents", ["agent_paused", "agent_not_attached", "loop_suspected"]),
  denials("gateway.doors", "Doors", [
    "direct_access_off",
    "server_inactive",
    "session_of_other_principal",
    "session_unknown",
  ]),
  keyEvents,
  upstreamAuthChange,
  doctor,
  reach,
];
