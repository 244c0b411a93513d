import { DomainError } from "#lib/kernel/errors.ts";

const CODES: Readonly<Record<string, (error: Error) => Error>> = {
  LG422: () => keyOfSomethingElse(),
  // Out of range of a bigint.
  "22003": (error) =>
    new DomainError("unprocessable", "An account cannot hold that much. Give a smaller amount.", {
      cause: error,
    }),
};

/** What the database refused, as callers are told; anything else as it is. */
export function refusedByBooks(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return CODES[String((error as { code?: unknown }).code)]?.(error) ?? error;
}

/** An idempotency key came again with another body. */
export const keyOfSomethingElse = (key?: string): DomainError =>
  new DomainError(
    "unprocessable",
    `${key === undefined ? "The key" : `“${key}”`} was used before for something else. Send what was sent then, or use a new key.`,
  );
