import type { DecisionReason } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { GatewayEntry } from "../../directory/index.ts";
import type { Principal } from "../exchange.ts";
import { challengeOf, type Place } from "./challenge.ts";
import { type Denial, denial } from "./denial.ts";

export type OAuth = NonNullable<GatewayEntry["oauth"]>;
export type Claims = Readonly<Record<string, unknown>>;

/** What is expected of a token, where it was presented. */
export interface TokenDoor {
  readonly oauth: OAuth;
  readonly place: Place;
}

/** What can be wrong with a token, apart from scopes. */
export type TokenProblem = Exclude<Extract<DecisionReason, `token_${string}`>, "token_scope_missing">;

const PROBLEMS: Readonly<Record<TokenProblem, { message: string; fix: string }>> = {
  token_malformed: {
    message: "The access token is not a JWT with the claims iss, sub and exp. Sign in again.",
    fix: "Let the authorization server issue JWT access tokens (RFC 9068), not opaque ones, with iss, sub and exp.",
  },
  token_algorithm_refused: {
    message: "The access token is not signed with an algorithm that is accepted here. Sign in again.",
    fix: "Let the authorization server sign with a public-key algorithm such as RS256 or ES256.",
  },
  token_key_unknown: {
    message:
      "The access token is signed with a key that its authorization server does not publish. Sign in again.",
    fix: "Check that the token comes from this authorization server, and that its key set holds the key with this kid.",
  },
  token_signature_invalid: {
    message: "The signature of the access token is not valid. Sign in again.",
    fix: "Get a new token from the authorization server and pass it on unchanged.",
  },
  token_expired: {
    message: "The access token has expired. Sign in again or refresh it.",
    fix: "Let the client refresh its token; check the clock of the authorization server when tokens expire at once.",
  },
  token_not_yet_valid: {
    message: "The access token is not valid yet. Try again in a moment.",
    fix: "Check the clock of the authorization server: the token starts later than now.",
  },
  token_issuer_mismatch: {
    message:
      "The access token is from another authorization server. Sign in at the one that this gateway names.",
    fix: "Compare the issuer of the gateway with the token's iss, character by character: a slash at the end counts.",
  },
  token_audience_mismatch: {
    message: "The access token was issued for another resource. Sign in for this URL.",
    fix: "Let the client ask for this resource (RFC 8707), or set the audience of the gateway to what the tokens name.",
  },
};

/** A token that does not open the door. `presented` adds to the claims that are shown. */
export function tokenRefused(
  reason: TokenProblem,
  claims: Claims | null,
  { oauth, place }: TokenDoor,
  presented: Readonly<Record<string, unknown>> = {},
): Denial {
  const { message, fix } = PROBLEMS[reason];
  return denial(reason, {
    code: "unauthenticated",
    message,
    presented: { method: "oauth", ...shownClaims(claims), ...presented },
    expected: expectedOf(oauth, place),
    fix,
    challenge: challengeOf(place, { code: "invalid_token", description: message }),
  });
}

/** A good token that may too little. */
export function scopeMissing(
  missing: readonly string[],
  { claims, principal }: { claims: Claims; principal: Principal },
  door: TokenDoor,
): Denial {
  const message = `The access token lacks the scope ${missing.join(" ")}. Sign in again and allow it.`;
  return denial("token_scope_missing", {
    code: "forbidden",
    message,
    presented: { method: "oauth", ...shownClaims(claims) },
    expected: { ...expectedOf(door.oauth, door.place), missing },
    fix: "Let the client ask for these scopes, and check that the authorization server grants them to it.",
    principal: principal.label,
    challenge: challengeOf(door.place, { code: "insufficient_scope", description: message }),
  });
}

/** Not a 401: the client would sign in again, and again, while nothing is wrong with its token. */
export function issuerUnreachable(error: Error, claims: Claims, { oauth, place }: TokenDoor): Denial {
  return denial("issuer_unreachable", {
    code: "unavailable",
    message:
      "The authorization server of this gateway cannot be reached, so the access token cannot be checked.",
    presented: { method: "oauth", ...shownClaims(claims) },
    expected: { ...expectedOf(oauth, place), jwksUrl: oauth.jwksUrl, problem: error.message },
    fix: "Check that the authorization server is up and that its metadata and key set can be read from here.",
    retryAfterSeconds: Math.ceil(limits.gateways.issuerRetryMs / 1000),
    cause: error,
  });
}

const expectedOf = (oauth: OAuth, place: Place): Record<string, unknown> => ({
  iss: oauth.issuer,
  aud: oauth.audience ?? place.url,
  ...(oauth.scopes.length > 0 ? { scope: oauth.scopes.join(" ") } : {}),
});

/** The claims that explain a denial; nothing else of the token is kept. */
function shownClaims(claims: Claims | null): Record<string, unknown> {
  if (!claims) return { form: "not a JWT" };
  const { iss, aud, sub, exp, nbf, scope, scp, client_id: clientId } = claims;
  const shown = {
    iss,
    aud,
    sub,
    exp: dateOf(exp),
    nbf: dateOf(nbf),
    scope: scope ?? scp,
    client_id: clientId,
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

const dateOf = (seconds: unknown): unknown =>
  typeof seconds === "number" && Math.abs(seconds) < 8e12 ? new Date(seconds * 1000).toISOString() : seconds;
