import { hash } from "node:crypto";
import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type ProtectedHeaderParameters,
} from "jose";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Principal } from "../exchange.ts";
import type { Denial } from "./denial.ts";
import { type Issuers, IssuerUnreachableError, KeyUnknownError } from "./issuer-keys.ts";
import { principalOfToken } from "./principals.ts";
import {
  type Claims,
  issuerUnreachable,
  type OAuth,
  scopeMissing,
  type TokenDoor,
  type TokenProblem,
  tokenRefused,
} from "./token-denials.ts";

/** Public-key signatures only: a shared secret or no signature would let callers make their own tokens. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** A token whose signature was verified. */
interface Verified {
  issuer: string;
  jwksUrl: string | null;
  claims: Claims;
  principal: Principal;
  /** Epoch milliseconds until which the signature is not verified again. */
  untilMs: number;
  /** The door it last passed: audience and scopes need no second look there. */
  passed: OAuth | null;
  passedAudience: string;
}

/**
 * Verifies access tokens: JWTs of the gateway's authorization server. A verified token is remembered by its hash for a
 * while, so that the next call with it needs no public-key arithmetic and no wait; never beyond its expiry. The token
 * itself is kept nowhere.
 */
export class Tokens {
  readonly #issuers: Issuers;
  readonly #clock: Clock;
  readonly #verified = new Map<string, Verified>();
  /** Verifications under way: callers with the same token share one. */
  readonly #verifying = new Map<string, Promise<Principal | Denial>>();

  constructor(issuers: Issuers, clock: Clock) {
    this.#issuers = issuers;
    this.#clock = clock;
  }

  /** The holder of the token, or why it does not open this door. Answers at once when the token is known. */
  authenticate(token: string, door: TokenDoor): Principal | Denial | Promise<Principal | Denial> {
    const name = hash("sha256", token, "hex");
    const { oauth, place } = door;
    const known = this.#verified.get(name);
    if (known) {
      if (
        known.untilMs > this.#clock.nowMs() &&
        known.issuer === oauth.issuer &&
        known.jwksUrl === oauth.jwksUrl
      ) {
        if (known.passed === oauth && known.passedAudience === (oauth.audience ?? place.url))
          return known.principal;
        return this.#admit(known, door);
      }
      this.#verified.delete(name);
    }
    // The answer speaks of this door, so only callers of the same one share it.
    const { issuer, jwksUrl, audience, scopes } = oauth;
    const work = JSON.stringify([name, place.url, issuer, jwksUrl, audience, scopes]);
    let verifying = this.#verifying.get(work);
    if (!verifying) {
      verifying = this.#verify(token, name, door).finally(() => this.#verifying.delete(work));
      this.#verifying.set(work, verifying);
    }
    return verifying;
  }

  async #verify(token: string, name: string, door: TokenDoor): Promise<Principal | Denial> {
    const { oauth } = door;
    const read = readToken(token);
    if (!read) return tokenRefused("token_malformed", null, door);
    const { header, claims } = read;
    // RFC 7797 §7: what is signed would not be the claims that were read.
    if (header.b64 === false) return tokenRefused("token_malformed", claims, door);
    if (typeof header.alg !== "string" || !ALGORITHMS.includes(header.alg))
      return tokenRefused("token_algorithm_refused", claims, door, { alg: header.alg ?? null });
    const problem = problemOf(claims, door, this.#clock.nowMs());
    if (problem) return tokenRefused(problem, claims, door);
    const subject = subjectOf(claims);
    if (subject === null) return tokenRefused("token_malformed", claims, door, { sub: null });
    const signature = await this.#checkSignature(token, header, door, claims);
    if (signature) return signature;
    const expiresAtMs = (Number(claims.exp) + limits.gateways.clockSkewSeconds) * 1000;
    const verified: Verified = {
      issuer: oauth.issuer,
      jwksUrl: oauth.jwksUrl,
      claims,
      principal: principalOfToken(oauth.issuer, subject, claims),
      untilMs: Math.min(expiresAtMs, this.#clock.nowMs() + limits.gateways.tokenMemoryMsMax),
      passed: null,
      passedAudience: "",
    };
    this.#remember(name, verified);
    return this.#admit(verified, door);
  }

  async #checkSignature(
    token: string,
    header: ProtectedHeaderParameters,
    door: TokenDoor,
    claims: Claims,
  ): Promise<Denial | null> {
    try {
      const keys = this.#issuers.of(door.oauth.issuer, door.oauth.jwksUrl);
      for (const key of await keys.candidates(header as { alg: string })) {
        try {
          await compactVerify(token, key, { algorithms: ALGORITHMS });
          return null;
        } catch (error) {
          if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        }
      }
      return tokenRefused("token_signature_invalid", claims, door);
    } catch (error) {
      if (error instanceof IssuerUnreachableError) return issuerUnreachable(error, claims, door);
      if (error instanceof KeyUnknownError)
        return tokenRefused("token_key_unknown", claims, door, { kid: header.kid ?? null });
      // Whatever else jose or the crypto library finds wrong with it: a token that cannot be verified is not valid.
      return tokenRefused("token_signature_invalid", claims, door, {
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** What a verified token must still have at each door: it may be known from another one. */
  #admit(verified: Verified, door: TokenDoor): Principal | Denial {
    const { claims, principal } = verified;
    const problem = problemOf(claims, door, this.#clock.nowMs());
    if (problem) return tokenRefused(problem, claims, door);
    const missing = missingScopes(claims, door);
    if (missing.length > 0) return scopeMissing(missing, verified, door);
    verified.passed = door.oauth;
    verified.passedAudience = door.oauth.audience ?? door.place.url;
    return principal;
  }

  #remember(name: string, verified: Verified): void {
    if (this.#verified.size >= limits.gateways.tokensRememberedMax) {
      const oldest = this.#verified.keys().next();
      if (!oldest.done) this.#verified.delete(oldest.value);
    }
    this.#verified.set(name, verified);
  }
}

function readToken(token: string): { header: ProtectedHeaderParameters; claims: Claims } | null {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    // Not a JWT: there is nothing to read that could be told.
    return null;
  }
}

/** What is wrong with the claims, apart from scopes. */
function problemOf(claims: Claims, { oauth, place }: TokenDoor, nowMs: number): TokenProblem | null {
  const skewSeconds = limits.gateways.clockSkewSeconds;
  const nowSeconds = nowMs / 1000;
  if (claims.iss !== oauth.issuer) return "token_issuer_mismatch";
  if (typeof claims.exp !== "number" || !Number.isFinite(claims.exp)) return "token_malformed";
  if (claims.exp + skewSeconds <= nowSeconds) return "token_expired";
  if (claims.nbf !== undefined && typeof claims.nbf !== "number") return "token_malformed";
  if (typeof claims.nbf === "number" && claims.nbf - skewSeconds > nowSeconds) return "token_not_yet_valid";
  const audience = oauth.audience ?? place.url;
  const { aud } = claims;
  const isForUs = Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  return isForUs ? null : "token_audience_mismatch";
}

/** RFC 9068 demands `sub`; some servers name only the client when there is no user. */
function subjectOf({ sub, client_id: clientId, azp }: Claims): string | null {
  for (const value of [sub, clientId, azp]) if (typeof value === "string" && value !== "") return value;
  return null;
}

/** Whether a token that was verified once would be let in at this door now. */
export const isTokenStillFor = (claims: Claims, door: TokenDoor, nowMs: number): boolean =>
  problemOf(claims, door, nowMs) === null && missingScopes(claims, door).length === 0;

function missingScopes(claims: Claims, { oauth }: TokenDoor): string[] {
  const scopes = scopesOf(claims);
  return oauth.scopes.filter((scope) => !scopes.has(scope));
}

/** `scope` is one text with spaces; some servers write `scp`, as a text or a list. */
function scopesOf({ scope, scp }: Claims): Set<string> {
  const scopes = new Set<string>();
  for (const value of [scope, scp]) {
    const items = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
    for (const item of items) if (typeof item === "string" && item !== "") scopes.add(item);
  }
  return scopes;
}
