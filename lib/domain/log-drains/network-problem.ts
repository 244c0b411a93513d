import { limits } from "#lib/kernel/limits.ts";

const NO_NAME = "its name does not resolve";
const NO_WAY = "no network leads to it";
const TOO_SLOW = "it did not answer in time";
const BROKEN = "the connection broke before it answered";
const UNTRUSTED = "its TLS certificate is not trusted";

/** What codes of the operating system, of TLS and of the HTTP client mean for whoever set up the sink. */
const MEANING: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "nothing takes connections at its address"],
  ["ENOTFOUND", NO_NAME],
  ["EAI_AGAIN", NO_NAME],
  ["EHOSTUNREACH", NO_WAY],
  ["ENETUNREACH", NO_WAY],
  ["ETIMEDOUT", TOO_SLOW],
  ["UND_ERR_CONNECT_TIMEOUT", TOO_SLOW],
  ["UND_ERR_HEADERS_TIMEOUT", TOO_SLOW],
  ["UND_ERR_BODY_TIMEOUT", TOO_SLOW],
  ["ECONNRESET", BROKEN],
  ["EPIPE", BROKEN],
  ["UND_ERR_SOCKET", BROKEN],
  ["CERT_HAS_EXPIRED", "its TLS certificate has expired"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its TLS certificate is for another name"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", UNTRUSTED],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED],
]);

/** How deep causes are looked into. */
const CAUSES_MAX = 5;

/** Why nothing reached the sink, in words. The innermost reason says most. */
export function networkProblem(error: unknown): string {
  let reason = error;
  for (let depth = 0; depth < CAUSES_MAX && reason instanceof Error && reason.cause instanceof Error; depth++)
    reason = reason.cause;
  if (!(reason instanceof Error)) return "The sink cannot be reached.";
  return `The sink cannot be reached: ${meaningOf(reason)}.`.slice(0, limits.drains.errorCharactersMax);
}

function meaningOf(reason: NodeJS.ErrnoException): string {
  if (reason.name === "AddressRefusedError")
    return `${reason.message}. The operator of this installation may allow private addresses`;
  if (typeof reason.code !== "string") return reason.message;
  const meaning = MEANING.get(reason.code);
  return meaning === undefined ? reason.code : `${meaning} (${reason.code})`;
}
