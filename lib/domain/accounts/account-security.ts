import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import { users } from "#drizzle/schema/index.ts";
import { ChangePassword } from "#lib/contract/index.ts";
import { hashPassword, verifyPassword } from "#lib/crypto/index.ts";
import type { Db } from "#lib/db/index.ts";
import {
  type Actor,
  parseInput,
  type System,
  systemCommand,
  tellAccessChanged,
} from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { takeSignInAttempt } from "./sign-in-attempts.ts";

/** The person who acts on their own account. */
export interface AccountCaller {
  readonly system: System;
  readonly actor: Actor;
  readonly requestId: string;
  readonly address: string;
}

/** Ends every session of a user from the next request on. Inside a command pass its `db`. */
export async function endSessionsOf(db: Db, userId: string): Promise<void> {
  await db
    .update(users)
    .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(eq(users.id, userId));
}

/** Signs the caller out everywhere, this session included. Throws `forbidden` for anything but a person. */
export async function signOutEverywhere({ system, actor, requestId }: AccountCaller): Promise<void> {
  await endAllSessions({ system, actor, requestId }, { userId: personOf(actor).userId });
  await tellAccessChanged(system, null);
}

const endAllSessions = systemCommand({
  name: "account.signOutEverywhere",
  input: z.object({ userId: z.string() }),
  run: async ({ db }, { userId }) => {
    await endSessionsOf(db, userId);
    return { value: undefined, audit: { entity: "user", entityId: userId } };
  },
});

/**
 * Sets a new password after checking the current one, and ends every session, this one too: sign in again. A wrong
 * current password is `invalid_input` on `currentPassword`, and counts as a sign-in attempt.
 */
export async function changePassword(
  caller: AccountCaller,
  input: z.input<typeof ChangePassword>,
): Promise<void> {
  const { system, actor, requestId, address } = caller;
  const person = personOf(actor);
  const { currentPassword, newPassword } = parseInput(ChangePassword, input);
  await takeSignInAttempt(system, person.email, address);
  const [account] = await system.database.db.select().from(users).where(eq(users.id, person.userId)).limit(1);
  const storedHash = account?.passwordHash ?? null;
  if (!(await verifyPassword(currentPassword, storedHash, system.passwordCost)) || storedHash === null) {
    throw new DomainError("invalid_input", "The current password is wrong.", {
      errors: [
        { path: "currentPassword", code: "wrong_password", message: "This is not your current password." },
      ],
    });
  }
  const passwordHash = await hashPassword(newPassword, system.passwordCost);
  await storePassword(
    { system, actor, requestId },
    { userId: person.userId, passwordHash, replacedHash: storedHash },
  );
  await tellAccessChanged(system, null);
}

const storePassword = systemCommand({
  name: "account.changePassword",
  input: z.object({ userId: z.string(), passwordHash: z.string(), replacedHash: z.string() }),
  run: async ({ db }, { userId, passwordHash, replacedHash }) => {
    const [user] = await db.select().from(users).where(eq(users.id, userId)).for("update");
    if (user?.passwordHash !== replacedHash) {
      throw new DomainError("conflict", "The password was changed in the meantime. Sign in again.");
    }
    await db.update(users).set({ passwordHash }).where(eq(users.id, userId));
    await endSessionsOf(db, userId);
    return { value: undefined, audit: { entity: "user", entityId: userId } };
  },
});

function personOf(actor: Actor): Extract<Actor, { kind: "user" }> {
  if (actor.kind === "user") return actor;
  throw new DomainError(
    "forbidden",
    "Only a person can do this to their own account. Sign in to the dashboard.",
  );
}
