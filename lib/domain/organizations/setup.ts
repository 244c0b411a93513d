import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { oneTimeTokens, users } from "#drizzle/schema/index.ts";
import { CompleteSetup, type SetupResult, Slug } from "#lib/contract/index.ts";
import { hashPassword, hashSecret } from "#lib/crypto/index.ts";
import type { Db } from "#lib/db/index.ts";
import { type Actor, parseInput, type System, systemCommand } from "#lib/domain/access/index.ts";
import { normalizeEmail } from "#lib/domain/accounts/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { hasUsers, insertOrganization, insertUser } from "./create-organization.ts";
import { slugOf } from "./slugs.ts";

const SETUP: Actor = { kind: "system", name: "setup" };
/** Any constant: it makes everything about setup happen one after the other, across processes. */
const SETUP_LOCK = 7_240_012;
const alone = (db: Db) => db.execute(sql`select pg_advisory_xact_lock(${SETUP_LOCK})`);
const isOver = () =>
  new DomainError("conflict", "Setup is complete. Sign in, or ask an owner for an invitation.");

/** Whether the first owner is still to be made. */
export const isSetupNeeded = async (system: Pick<System, "database">): Promise<boolean> =>
  !(await hasUsers(system));

/**
 * A fresh one-time token for making the first owner, good for a day. Only its hash is stored, and the tokens made
 * before stop working. Throws `conflict` when there is a user already.
 */
export async function createSetupToken(system: System): Promise<string> {
  const token = system.ids.secret(limits.auth.oneTimeTokenSecretBytes);
  await storeSetupToken(
    { system, actor: SETUP, requestId: system.ids.id("req") },
    { hash: hashSecret(token) },
  );
  return token;
}

const storeSetupToken = systemCommand({
  name: "setup.createToken",
  input: z.object({ hash: z.string() }),
  run: async ({ db, clock }, { hash }) => {
    await alone(db);
    if ((await db.select({ id: users.id }).from(users).limit(1)).length > 0) throw isOver();
    await db.delete(oneTimeTokens).where(eq(oneTimeTokens.purpose, "setup"));
    const expiresAt = new Date(clock.nowMs() + limits.auth.setupTokenSeconds * 1000);
    await db
      .insert(oneTimeTokens)
      .values({ hash, purpose: "setup", expiresAt, createdAt: new Date(clock.nowMs()) });
    return { value: undefined, audit: { entity: "setup", entityId: null } };
  },
});

/**
 * Makes the first user, the first organization and the owner's membership in one transaction, once ever. Throws
 * `forbidden` for a token that is wrong, used or expired, and `conflict` when there is a user already.
 */
export async function completeSetup(
  system: System,
  input: z.input<typeof CompleteSetup>,
  requestId = system.ids.id("req"),
): Promise<SetupResult> {
  const { token, password, ...rest } = parseInput(CompleteSetup, input);
  if (!(await isSetupNeeded(system))) throw isOver();
  const tokenHash = hashSecret(token.trim());
  await requireLiveToken(system, tokenHash);
  const passwordHash = await hashPassword(password, system.passwordCost);
  return makeFirstOwner({ system, actor: SETUP, requestId }, { ...rest, tokenHash, passwordHash });
}

const badToken = () =>
  new DomainError(
    "forbidden",
    "This setup token is wrong, used or expired. Restart MCP Stack: it prints a new one in the terminal.",
  );
const isLive = (hash: string, nowMs: number) =>
  and(
    eq(oneTimeTokens.hash, hash),
    eq(oneTimeTokens.purpose, "setup"),
    isNull(oneTimeTokens.usedAt),
    gt(oneTimeTokens.expiresAt, new Date(nowMs)),
  );

/** Spares a guesser's wrong token the price of a password hash; what counts is the update in the transaction. */
async function requireLiveToken({ database, clock }: System, hash: string): Promise<void> {
  const found = await database.db.select().from(oneTimeTokens).where(isLive(hash, clock.nowMs())).limit(1);
  if (found.length === 0) throw badToken();
}

const makeFirstOwner = systemCommand({
  name: "setup.complete",
  input: z.object({
    tokenHash: z.string(),
    organizationName: z.string(),
    name: z.string(),
    email: z.string(),
    passwordHash: z.string(),
  }),
  run: async (ctx, { tokenHash, organizationName, name, email, passwordHash }) => {
    const { db, clock } = ctx;
    await alone(db);
    if ((await db.select({ id: users.id }).from(users).limit(1)).length > 0) throw isOver();
    const userId = await insertUser(ctx, { name, email, passwordHash });
    const used = await db
      .update(oneTimeTokens)
      .set({ usedAt: new Date(clock.nowMs()), userId })
      .where(isLive(tokenHash, clock.nowMs()))
      .returning({ hash: oneTimeTokens.hash });
    if (used.length === 0) throw badToken();
    const slug = Slug.parse(slugOf(organizationName));
    const organization = await insertOrganization(ctx, { name: organizationName, slug, ownerId: userId });
    return {
      value: { organization, userId, email: normalizeEmail(email) },
      audit: {
        entity: "organization",
        entityId: organization.id,
        after: { name: organizationName, slug, owner: userId },
        organizationId: organization.id,
      },
    };
  },
});
