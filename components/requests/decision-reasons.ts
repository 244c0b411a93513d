import {
  Ban,
  Check,
  Clock,
  Gauge,
  KeyRound,
  Layers,
  type LucideIcon,
  PauseCircle,
  PowerOff,
  Repeat,
  ShieldX,
  TriangleAlert,
  Unplug,
  Wallet,
} from "lucide-react";
import type { Tone } from "#components/ui/pill.tsx";
import type { DecisionReason } from "#lib/contract/index.ts";

/** What a reason is about; the order in which the filter lists them. */
export const REASON_TOPICS = [
  "Credential",
  "Token",
  "Grant",
  "Limit",
  "Budget",
  "Session",
  "Server",
] as const;
type ReasonTopic = (typeof REASON_TOPICS)[number];

interface ReasonLook {
  /** In two to four words. */
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
  /** What it means, in one sentence. */
  readonly meaning: string;
  readonly topic: ReasonTopic | null;
}

const denied = (topic: ReasonTopic, icon: LucideIcon, label: string, meaning: string): ReasonLook => ({
  label,
  tone: "warn",
  icon,
  meaning,
  topic,
});

/** Every reason that the gateway gives, in words. A new reason does not compile until it is described. */
export const DECISION_LOOK: Readonly<Record<DecisionReason, ReasonLook>> = {
  allowed: {
    label: "allowed",
    tone: "ok",
    icon: Check,
    meaning: "The caller was let in, and nothing stands against the call.",
    topic: null,
  },
  credentials_missing: denied(
    "Credential",
    KeyRound,
    "no credential",
    "The gateway lets nobody in without a key or a token, and none was sent.",
  ),
  credentials_ambiguous: denied(
    "Credential",
    KeyRound,
    "two credentials",
    "More than one credential was sent, and they do not agree on who calls.",
  ),
  access_method_off: denied(
    "Credential",
    KeyRound,
    "way in is off",
    "This kind of credential is not one that the gateway accepts.",
  ),
  key_unknown: denied("Credential", KeyRound, "unknown key", "The key is none of this organization's."),
  key_expired: denied("Credential", Clock, "key expired", "The key was valid once; its time is over."),
  key_revoked: denied("Credential", Ban, "key revoked", "Somebody revoked the key."),
  key_of_other_gateway: denied(
    "Credential",
    KeyRound,
    "key of another gateway",
    "The key is valid, but for another gateway or server of this organization.",
  ),
  token_malformed: denied("Token", ShieldX, "token unreadable", "What was sent is not a signed JWT."),
  token_algorithm_refused: denied(
    "Token",
    ShieldX,
    "token algorithm refused",
    "The token is signed in a way that is not accepted, or not signed at all.",
  ),
  token_key_unknown: denied(
    "Token",
    ShieldX,
    "unknown signing key",
    "The token names a signing key that the authorization server does not publish.",
  ),
  token_signature_invalid: denied(
    "Token",
    ShieldX,
    "token signature wrong",
    "The signature does not match the published key: changed on the way, or made by somebody else.",
  ),
  token_expired: denied("Token", Clock, "token expired", "The token was valid once; its time is over."),
  token_not_yet_valid: denied(
    "Token",
    Clock,
    "token not yet valid",
    "The token begins to be valid later: often a clock that is wrong.",
  ),
  token_issuer_mismatch: denied(
    "Token",
    ShieldX,
    "wrong issuer",
    "The token comes from another authorization server than the one of this gateway.",
  ),
  token_audience_mismatch: denied(
    "Token",
    ShieldX,
    "wrong audience",
    "The token was made for another resource than this URL.",
  ),
  token_scope_missing: denied(
    "Token",
    ShieldX,
    "scope missing",
    "The token is valid, but lacks a scope that the gateway asks for.",
  ),
  issuer_unreachable: {
    ...denied(
      "Token",
      Unplug,
      "issuer unreachable",
      "The authorization server's keys could not be read, so no token can be checked.",
    ),
    tone: "fail",
  },
  grant_missing_for_server: denied(
    "Grant",
    Ban,
    "no grant for server",
    "The caller is known, but no grant gives it anything on this server.",
  ),
  grant_missing_for_tool: denied(
    "Grant",
    Ban,
    "no grant for tool",
    "The caller is known, but no grant covers this tool.",
  ),
  rate_limited: denied("Limit", Gauge, "rate limited", "More calls per minute than the limit allows."),
  concurrency_limited: denied(
    "Limit",
    Layers,
    "too many at once",
    "More calls at the same time than the limit allows.",
  ),
  agent_paused: denied("Budget", PauseCircle, "agent paused", "Somebody paused the agent, or a guard did."),
  agent_not_attached: denied(
    "Grant",
    Unplug,
    "not attached",
    "The agent is known, but this server is none of those attached to it.",
  ),
  loop_suspected: denied(
    "Budget",
    Repeat,
    "loop suspected",
    "The agent made the same call again and again, so it was paused.",
  ),
  budget_exceeded: denied(
    "Budget",
    Wallet,
    "budget used up",
    "What is left of a budget is less than this call could cost.",
  ),
  credits_exhausted: denied(
    "Budget",
    Wallet,
    "no credits left",
    "What is left of the organization's credits is less than this call could cost.",
  ),
  budget_unavailable: denied(
    "Budget",
    Clock,
    "budget unknown",
    "The budget could not be asked in time, and it says to deny then.",
  ),
  session_of_other_principal: denied(
    "Session",
    Ban,
    "session of another caller",
    "The session was opened by somebody else.",
  ),
  session_unknown: denied(
    "Session",
    Unplug,
    "session unknown",
    "The session has ended or never was; the client has to begin again.",
  ),
  direct_access_off: denied(
    "Server",
    PowerOff,
    "direct URL closed",
    "The direct URL does not answer callers: it is off, or a gateway stands before the server.",
  ),
  server_inactive: denied("Server", PowerOff, "server not active", "The server is not active."),
};

const isKnown = (reason: string): reason is DecisionReason => Object.hasOwn(DECISION_LOOK, reason);

/** A reason that this version of the page does not know is shown as it is. */
export const lookOfReason = (reason: string): ReasonLook =>
  isKnown(reason)
    ? DECISION_LOOK[reason]
    : { label: reason, tone: "unknown", icon: TriangleAlert, meaning: "", topic: null };

/** Every reason in the order of its list. */
export const DECISION_REASONS: readonly DecisionReason[] = Object.keys(DECISION_LOOK).filter(isKnown);
