import { and, eq, lt, sql } from "drizzle-orm";
import { signInAttempts } from "#drizzle/schema/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { addressGroup } from "#lib/kernel/address-group.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { normalizeEmail } from "./accounts.ts";

type Store = Pick<System, "database" | "clock">;
const WINDOW_MS = limits.auth.signInWindowSeconds * 1000;

const windowStartMs = (nowMs: number) => Math.floor(nowMs / WINDOW_MS) * WINDOW_MS;
const emailKey = (email: string) => hashSecret(`email:${normalizeEmail(email)}`);
const addressKey = (address: string) => hashSecret(`address:${addressGroup(address)}`);

/**
 * Counts one attempt for the e-mail and one for the address before anything is verified, so that attempts sent at the
 * same time cannot slip past. Throws `rate_limited`, saying how long to wait, when either is used up.
 */
export async function takeSignInAttempt(store: Store, email: string, address: string): Promise<void> {
  const nowMs = store.clock.nowMs();
  const start = windowStartMs(nowMs);
  const counts = await store.database.db
    .insert(signInAttempts)
    .values(
      [emailKey(email), addressKey(address)]
        .sort()
        .map((key) => ({ key, windowStart: new Date(start), count: 1 })),
    )
    .onConflictDoUpdate({
      target: [signInAttempts.key, signInAttempts.windowStart],
      set: { count: sql`${signInAttempts.count} + 1` },
    })
    .returning({ count: signInAttempts.count });
  if (counts.every(({ count }) => count <= limits.auth.signInAttemptsPerWindowMax)) return;
  const waitSeconds = Math.max(1, Math.ceil((start + WINDOW_MS - nowMs) / 1000));
  throw new DomainError("rate_limited", `Too many sign-in attempts. Try again in ${inWords(waitSeconds)}.`, {
    retryAfterSeconds: waitSeconds,
  });
}

/** After a success: the e-mail starts afresh, and the address gets its attempt back. */
export async function forgiveSignInAttempts(store: Store, email: string, address: string): Promise<void> {
  const { db } = store.database;
  const windowStart = new Date(windowStartMs(store.clock.nowMs()));
  await db.delete(signInAttempts).where(eq(signInAttempts.key, emailKey(email)));
  await db
    .update(signInAttempts)
    .set({ count: sql`greatest(${signInAttempts.count} - 1, 0)` })
    .where(and(eq(signInAttempts.key, addressKey(address)), eq(signInAttempts.windowStart, windowStart)));
}

/** Deletes the counts of windows that are over. */
export async function deleteExpiredSignInAttempts(store: Store): Promise<void> {
  const start = new Date(windowStartMs(store.clock.nowMs()));
  await store.database.db.delete(signInAttempts).where(lt(signInAttempts.windowStart, start));
}

const inWords = (seconds: number): string => {
  if (seconds <= 90) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
};
