import { and, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import { memberships, oneTimeTokens, organizations, type users } from "#drizzle/schema/index.ts";
import { AcceptInvitation, type InvitationPreview, NewPassword, Role } from "#lib/contract/index.ts";
import { hashPassword, hashSecret, verifyPassword } from "#lib/crypto/index.ts";
import {
  type Actor,
  parseInput,
  type System,
  type SystemCommandCtx,
  systemCommand,
} from "#lib/domain/access/index.ts";
import { findAccountByEmail, takeSignInAttempt } from "#lib/domain/accounts/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { insertUser } from "./create-organization.ts";

const gone = () =>
  new DomainError("not_found", "This invitation is wrong, used, withdrawn or expired. Ask for a new one.");
const isLive = (hash: string, nowMs: number) =>
  and(
    eq(oneTimeTokens.hash, hash),
    eq(oneTimeTokens.purpose, "invite"),
    isNull(oneTimeTokens.usedAt),
    gt(oneTimeTokens.expiresAt, new Date(nowMs)),
  );

async function findLive({ database, clock }: System, token: string) {
  const [found] = await database.db
    .select({ token: oneTimeTokens, organization: organizations })
    .from(oneTimeTokens)
    .innerJoin(organizations, eq(organizations.id, oneTimeTokens.organizationId))
    .where(isLive(hashSecret(token), clock.nowMs()))
    .limit(1);
  const email = found?.token.email;
  if (found === undefined || !email) throw gone();
  return { ...found, email, account: await findAccountByEmail(database.db, email) };
}

/** What the holder of an invitation's link is shown before accepting. Throws `not_found` when it does not work (any more). */
export async function previewInvitation(system: System, token: string): Promise<InvitationPreview> {
  const { token: row, organization, email, account } = await findLive(system, token);
  return {
    organizationName: organization.name,
    email,
    name: account?.name ?? row.name ?? "",
    role: Role.parse(row.role),
    hasAccount: account !== null,
  };
}

/**
 * Makes the invited person a member. Without an account the password becomes the new account's; with one it must be
 * the account's own: the link alone never opens somebody's account. Throws `not_found` for a link that does not work,
 * `invalid_input` on `password`, `rate_limited` after too many wrong passwords.
 */
export async function acceptInvitation(
  system: System,
  input: z.input<typeof AcceptInvitation>,
  caller: { address: string; requestId: string },
): Promise<{ organization: { id: string; slug: string; name: string }; email: string }> {
  const { token, password } = parseInput(AcceptInvitation, input);
  const { account, email, organization } = await findLive(system, token);
  const passwordHash =
    account === null
      ? await hashPassword(
          parseInput(z.object({ password: NewPassword }), { password }).password,
          system.passwordCost,
        )
      : await provenHash(system, account, password, caller.address);
  const actor: Actor = { kind: "system", name: "invitation" };
  await join({ system, actor, requestId: caller.requestId }, { tokenHash: hashSecret(token), passwordHash });
  return { organization: { id: organization.id, slug: organization.slug, name: organization.name }, email };
}

async function provenHash(
  system: System,
  account: typeof users.$inferSelect,
  password: string,
  address: string,
): Promise<string> {
  await takeSignInAttempt(system, account.email, address);
  const isGenuine = await verifyPassword(password, account.passwordHash, system.passwordCost);
  if (isGenuine && account.passwordHash !== null && account.disabledAt === null) return account.passwordHash;
  throw new DomainError(
    "invalid_input",
    "There is an account with this e-mail, and this is not its password.",
    {
      errors: [{ path: "password", code: "wrong_password", message: "Type the password of your account." }],
    },
  );
}

const join = systemCommand({
  name: "member.join",
  input: z.object({ tokenHash: z.string(), passwordHash: z.string() }),
  run: async (ctx, { tokenHash, passwordHash }) => {
    const [row] = await ctx.db
      .update(oneTimeTokens)
      .set({ usedAt: new Date(ctx.clock.nowMs()) })
      .where(isLive(tokenHash, ctx.clock.nowMs()))
      .returning();
    if (!row?.organizationId || !row.email) throw gone();
    const user = await accountFor(ctx, row.email, row.name ?? row.email, passwordHash);
    await ctx.db.update(oneTimeTokens).set({ userId: user.userId }).where(eq(oneTimeTokens.hash, tokenHash));
    const role = Role.parse(row.role);
    await ctx.db
      .insert(memberships)
      .values({
        organizationId: row.organizationId,
        userId: user.userId,
        role,
        createdAt: new Date(ctx.clock.nowMs()),
      })
      .onConflictDoNothing();
    return {
      value: undefined,
      audit: {
        entity: "member",
        entityId: user.userId,
        after: { email: row.email, role },
        organizationId: row.organizationId,
        actor: user,
      },
    };
  },
});

/** The account whose password was proven outside the transaction, or a new one; a race about it is a conflict. */
async function accountFor(
  ctx: SystemCommandCtx,
  email: string,
  name: string,
  passwordHash: string,
): Promise<Extract<Actor, { kind: "user" }>> {
  const account = await findAccountByEmail(ctx.db, email);
  if (account === null) {
    return { kind: "user", userId: await insertUser(ctx, { name, email, passwordHash }), name, email };
  }
  if (account.passwordHash !== passwordHash) {
    throw new DomainError("conflict", "The account was changed in the meantime. Try again.");
  }
  return { kind: "user", userId: account.id, name: account.name, email };
}
