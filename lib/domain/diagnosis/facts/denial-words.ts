import type { DecisionReason } from "#lib/contract/index.ts";
import { isKnownReason } from "./denials.ts";
import { said } from "./words.ts";

/** What a denied caller is told in the product, after `because`. */
const DENIAL_WORDS: Readonly<Record<Exclude<DecisionReason, "allowed">, string>> = {
  credentials_missing: "they brought no credentials",
  credentials_ambiguous: "they brought two kinds of credentials at once",
  access_method_off: "this way of signing in is switched off",
  key_unknown: "their key is not known",
  key_expired: "their key has expired",
  key_revoked: "their key was revoked",
  key_of_other_gateway: "their key is for another gateway",
  token_malformed: "their access token is no JWT with the claims that are needed",
  token_algorithm_refused: "their access token is signed with an algorithm that is not accepted",
  token_key_unknown: "their access token is signed with a key that its issuer does not publish",
  token_signature_invalid: "the signature of their access token is not valid",
  token_expired: "their access token has expired",
  token_not_yet_valid: "their access token is not valid yet: a clock is wrong",
  token_issuer_mismatch: "their access token is from another issuer",
  token_audience_mismatch: "their access token was issued for another resource",
  token_scope_missing: "their access token lacks a scope",
  issuer_unreachable: "the authorization server cannot be reached",
  grant_missing_for_server: "no grant lets them use this server",
  grant_missing_for_tool: "no grant lets them call this tool",
  rate_limited: "they call more often than the limit allows",
  concurrency_limited: "they have more calls open than the limit allows",
  session_of_other_principal: "the session is somebody else's",
  session_unknown: "the session is not known any more",
  agent_paused: "the agent is paused",
  agent_not_attached: "the agent is not attached to this server",
  loop_suspected: "the agent repeated the same call and was paused",
  budget_exceeded: "a budget is used up",
  credits_exhausted: "the organization has too few credits",
  budget_unavailable: "budgets could not be asked",
  direct_access_off: "the direct URL is switched off",
  server_inactive: "the server is not active",
};

export const denialWords = (reason: string): string =>
  isKnownReason(reason) && reason !== "allowed" ? DENIAL_WORDS[reason] : `of ${said(reason, 60)}`;
