import { headerOf } from "#lib/auth/index.ts";
import { isDatabaseAway } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { RateDecision } from "./rate-limit.ts";

export const methodNotAllowed = (method: string, allow: readonly string[]): DomainError =>
  new DomainError("method_not_allowed", `${method} does nothing here; there is ${allow.join(", ")}.`, {
    details: { allow },
  });

/** Nobody: says what to do about the credential that came, if one did. */
export const whoAreYou = (headers: Headers): DomainError =>
  new DomainError(
    "unauthenticated",
    headerOf(headers, "authorization") === null
      ? "Sign in, or send an API token as `Authorization: Bearer mcpstack_sk_…`."
      : "This API token is not valid: it may be mistyped, expired or revoked. Make a new one in the organization's settings.",
  );

export const rateLimited = (rate: RateDecision): DomainError =>
  new DomainError(
    "rate_limited",
    `Too many requests: ${rate.limit} in ${limits.http.rateWindowSeconds} seconds are allowed. Wait ${rate.retryAfterSeconds} s.`,
    { retryAfterSeconds: rate.retryAfterSeconds },
  );

export const uriTooLong = (): DomainError =>
  new DomainError("invalid_input", `The address is longer than ${limits.http.urlBytesMax} bytes.`);

export const timedOut = (timeoutMs: number): DomainError =>
  new DomainError(
    "timeout",
    `No answer within ${timeoutMs / 1000} s. What was started may still finish; look before you repeat it.`,
  );

/** The database's absence behind a failed statement, if it was that. */
export const asUnavailable = (thrown: unknown): DomainError | null =>
  isDatabaseAway(thrown)
    ? new DomainError(
        "unavailable",
        "The database cannot be reached right now. Try again in a few seconds.",
        {
          retryAfterSeconds: 5,
          cause: thrown,
        },
      )
    : null;

/** What Postgres says to text that it cannot hold, such as a NUL character. */
const UNSTORABLE_TEXT: ReadonlySet<unknown> = new Set(["22021", "22P05"]);

/** The caller's fault behind a failed statement, if it was that: text that no database column can hold. */
export function asUnstorable(thrown: unknown): DomainError | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (UNSTORABLE_TEXT.has((error as { code?: unknown }).code)) {
      return new DomainError(
        "invalid_input",
        "A text holds a character that cannot be stored, such as NUL.",
        {
          cause: thrown,
        },
      );
    }
  }
  return null;
}
