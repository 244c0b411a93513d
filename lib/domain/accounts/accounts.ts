import { eq } from "drizzle-orm";
import { users } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { System } from "#lib/domain/access/index.ts";

export interface SessionUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Sessions carry this number; a different one means the session was ended. */
  readonly tokenVersion: number;
}

/** E-mail addresses are compared and stored in lower case. */
export const normalizeEmail = (email: string): string => email.trim().toLowerCase();

/** The user a session names, or null when there is no such user or it is disabled. */
export async function findSessionUser(
  system: Pick<System, "database">,
  userId: string,
): Promise<SessionUser | null> {
  const [row] = await system.database.db.select().from(users).where(eq(users.id, userId)).limit(1);
  if (row === undefined || row.disabledAt !== null) return null;
  return { id: row.id, name: row.name, email: row.email, tokenVersion: row.tokenVersion };
}

/** The account of an e-mail address (any case) with its password hash, or null. Inside a command pass its `db`. */
export async function findAccountByEmail(db: Db, email: string) {
  const [row] = await db
    .select()
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
    .limit(1);
  return row ?? null;
}
