import type { IncomingMessage } from "node:http";
import { limits } from "#lib/kernel/limits.ts";

/** Every key of ours begins with this, so that a key is never taken for a token. */
const KEY_PREFIX = "mcpstack_gk_";
/** Of a key, this much may be shown: the fixed beginning and six characters. */
const SHOWN_CHARACTERS = 18;

/** What a caller presented to prove who it is. */
export type Credentials =
  | {
      kind: "none" /** E.g. `basic`, when there was an Authorization of another kind. */;
      otherScheme: string | null;
    }
  | { kind: "key"; secret: string; header: "Authorization" | "X-API-Key" }
  | { kind: "token"; token: string }
  /** More than one, so that it is not clear who is calling. */
  | { kind: "ambiguous" }
  | { kind: "too_long"; characters: number };

const NONE: Credentials = { kind: "none", otherScheme: null };
const BEARER = /^bearer +(\S+) *$/i;

/**
 * Reads `Authorization: Bearer …` and `X-API-Key`. A Bearer value of our own form is a key, and anything else a token;
 * where no tokens are taken (`takesTokens` false) it is a key in any case. An `X-API-Key` that cannot be ours, where no
 * keys are taken, belongs to the server behind us and is none of our business.
 */
export function readCredentials(
  { headers, rawHeaders }: Pick<IncomingMessage, "headers" | "rawHeaders">,
  { takesKeys, takesTokens }: { takesKeys: boolean; takesTokens: boolean },
): Credentials {
  const { authorization } = headers;
  const header = headers["x-api-key"];
  const apiKey = typeof header === "string" && header !== "" ? header : null;
  const isOurs = apiKey !== null && (takesKeys || apiKey.startsWith(KEY_PREFIX));
  if (authorization === undefined || authorization === "") return isOurs ? keyOf(apiKey, "X-API-Key") : NONE;
  if (hasSeveral(rawHeaders)) return { kind: "ambiguous" };
  if (authorization.length > limits.gateways.credentialCharactersMax)
    return { kind: "too_long", characters: authorization.length };
  const value = BEARER.exec(authorization)?.[1];
  if (value === undefined) {
    if (isOurs) return keyOf(apiKey, "X-API-Key");
    return { kind: "none", otherScheme: schemeOf(authorization) };
  }
  if (isOurs && apiKey !== value) return { kind: "ambiguous" };
  const isKey = value.startsWith(KEY_PREFIX) || (takesKeys && !takesTokens && !looksLikeJwt(value));
  return isKey ? keyOf(value, "Authorization") : { kind: "token", token: value };
}

const SCHEMES: ReadonlySet<string> = new Set([
  "apikey",
  "basic",
  "bearer",
  "digest",
  "dpop",
  "negotiate",
  "token",
]);

/** Only what is known to be a scheme is told: without one, the first word may be the secret itself. */
function schemeOf(authorization: string): string {
  const word = /^[a-z]{1,20}(?=\s|$)/i.exec(authorization)?.[0].toLowerCase() ?? "";
  return SCHEMES.has(word) ? word : "unknown";
}

const keyOf = (secret: string, header: "Authorization" | "X-API-Key"): Credentials =>
  secret.length > limits.gateways.credentialCharactersMax
    ? { kind: "too_long", characters: secret.length }
    : { kind: "key", secret, header };

const looksLikeJwt = (value: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(value);

/** Node keeps the first of several Authorization headers; another reader may believe the last. */
function hasSeveral(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 13 && name.toLowerCase() === "authorization") count++;
  }
  return count > 1;
}

/** The part of a presented key that may be shown; null when it is none of ours, and could be anybody's secret. */
export const shownPartOf = (secret: string): string | null =>
  secret.startsWith(KEY_PREFIX) ? secret.slice(0, SHOWN_CHARACTERS) : null;
