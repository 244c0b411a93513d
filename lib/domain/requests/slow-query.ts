import { DomainError } from "#lib/kernel/errors.ts";

/** How PostgreSQL says that it ended a statement for taking too long. */
const STATEMENT_ENDED = "57014";

/** `work`, with a statement that took too long as an error that says what to do about it. */
export async function answeringInTime<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === STATEMENT_ENDED) {
      throw new DomainError(
        "timeout",
        "The search took too long. Narrow it: a shorter time, or a server tool.",
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
