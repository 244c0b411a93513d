import { createHash } from "node:crypto";
import { DomainError } from "#lib/kernel/errors.ts";

/** What a caller read before it asked for a change: ETags, one of which must still be true; `*` for any. */
export type IfMatch = readonly string[];

/** The ETag of something whose `version`, any JSON, holds all that a change of it changes. */
export const etagOf = (version: unknown): string =>
  `"${createHash("sha256").update(JSON.stringify(version)).digest("base64url").slice(0, 22)}"`;

/**
 * Throws `precondition_failed` when the caller's change is based on something else than what is there now. Call it with the
 * row locked.
 */
export function requireMatch({ ifMatch }: { readonly ifMatch?: IfMatch }, version: unknown): void {
  if (ifMatch === undefined || ifMatch.includes("*") || ifMatch.includes(etagOf(version))) return;
  throw new DomainError(
    "precondition_failed",
    "Somebody changed it since you read it. Read it again, then repeat your change.",
  );
}
