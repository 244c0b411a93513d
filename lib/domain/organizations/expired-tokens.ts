import { isNotNull, lt, or } from "drizzle-orm";
import { oneTimeTokens } from "#drizzle/schema/index.ts";
import type { System } from "#lib/domain/access/index.ts";

/** Deletes one-time tokens that are used or expired, in all organizations. Answers how many. For a schedule. */
export async function deleteExpiredOneTimeTokens({
  database,
  clock,
}: Pick<System, "database" | "clock">): Promise<number> {
  const deleted = await database.db
    .delete(oneTimeTokens)
    .where(or(isNotNull(oneTimeTokens.usedAt), lt(oneTimeTokens.expiresAt, new Date(clock.nowMs()))))
    .returning({ hash: oneTimeTokens.hash });
  return deleted.length;
}
