import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { z } from "zod";
import { apiTokens, memberships, oneTimeTokens, users } from "#drizzle/schema/index.ts";
import { type Member, Role } from "#lib/contract/index.ts";
import { type CommandCtx, changingAccess, command, query } from "#lib/domain/access/index.ts";
import { endSessionsOf } from "#lib/domain/accounts/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { requirePowerOver } from "./role-power.ts";

const columns = {
  userId: users.id,
  name: users.name,
  email: users.email,
  role: memberships.role,
  joinedAt: memberships.createdAt,
};
interface MemberRow {
  userId: string;
  name: string;
  email: string;
  role: string;
  joinedAt: Date;
}
const present = (row: MemberRow): Member => ({
  ...row,
  role: Role.parse(row.role),
  joinedAt: row.joinedAt.toISOString(),
});

/** Everybody in the organization, by name. */
export const listMembers = query({
  name: "member.list",
  scope: "members:read",
  input: z.object({}),
  run: async (ctx) => {
    const rows = await ctx.database.db
      .select(columns)
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(eq(memberships.organizationId, ctx.organization.id))
      .orderBy(asc(users.name), asc(users.id))
      .limit(limits.auth.membersPerOrganizationMax);
    return rows.map(present);
  },
});

/** Gives a member another role, from their next request on. The last owner stays an owner. */
export const changeMemberRole = changingAccess(
  command({
    name: "member.changeRole",
    scope: "members:write",
    input: z.object({ userId: z.string(), role: Role }),
    run: async (ctx, { userId, role }) => {
      const { member, ownerIds } = await lockMember(ctx, userId);
      requirePowerOver(ctx, Role.parse(member.role));
      requirePowerOver(ctx, role);
      if (role !== "owner") requireAnotherOwner(ownerIds, userId);
      await ctx.db.update(memberships).set({ role }).where(membershipOf(ctx, userId));
      return {
        value: present({ ...member, role }),
        audit: { entity: "member", entityId: userId, before: { role: member.role }, after: { role } },
      };
    },
  }),
);

/**
 * Takes a member out of the organization, revokes the API tokens they made in it and withdraws their open invitations,
 * one of which they may have sent to themselves. Whoever belongs to no other
 * organization is signed out; nobody is signed out of an organization that is not this one. The last owner cannot be
 * removed.
 */
export const removeMember = changingAccess(
  command({
    name: "member.remove",
    scope: "members:write",
    input: z.object({ userId: z.string() }),
    run: async (ctx, { userId }) => {
      const { member, ownerIds } = await lockMember(ctx, userId);
      requirePowerOver(ctx, Role.parse(member.role));
      requireAnotherOwner(ownerIds, userId);
      const revoked = await ctx.db
        .update(apiTokens)
        .set({ revokedAt: new Date(ctx.clock.nowMs()) })
        .where(
          and(
            eq(apiTokens.organizationId, ctx.organization.id),
            eq(apiTokens.createdBy, userId),
            isNull(apiTokens.revokedAt),
          ),
        )
        .returning({ id: apiTokens.id });
      const tokenIds = revoked.map(({ id }) => id);
      await withdrawInvitations(ctx, [`user:${userId}`, ...tokenIds.map((id) => `apiToken:${id}`)]);
      await ctx.db.delete(memberships).where(membershipOf(ctx, userId));
      const elsewhere = await ctx.db
        .select({ organizationId: memberships.organizationId })
        .from(memberships)
        .where(eq(memberships.userId, userId))
        .limit(1);
      if (elsewhere.length === 0) await endSessionsOf(ctx.db, userId);
      return {
        value: undefined,
        audit: {
          entity: "member",
          entityId: userId,
          before: { email: member.email, role: member.role },
          after: { revokedTokens: tokenIds },
        },
      };
    },
  }),
);

/** Withdraws what `actors` (as the audit log names them) invited. */
async function withdrawInvitations(ctx: CommandCtx, actors: readonly string[]): Promise<void> {
  await ctx.db
    .delete(oneTimeTokens)
    .where(
      and(
        eq(oneTimeTokens.organizationId, ctx.organization.id),
        eq(oneTimeTokens.purpose, "invite"),
        isNull(oneTimeTokens.usedAt),
        inArray(oneTimeTokens.createdBy, [...actors]),
      ),
    );
}

const membershipOf = (ctx: CommandCtx, userId: string) =>
  and(eq(memberships.organizationId, ctx.organization.id), eq(memberships.userId, userId));

/** The member and the ids of all owners, locked in one order, so that two owners cannot remove each other at once. */
async function lockMember(
  ctx: CommandCtx,
  userId: string,
): Promise<{ member: MemberRow; ownerIds: string[] }> {
  const rows = await ctx.db
    .select(columns)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.organizationId, ctx.organization.id))
    .orderBy(asc(memberships.userId))
    .for("update", { of: memberships });
  const member = rows.find((row) => row.userId === userId);
  if (member === undefined) throw notFound("member");
  return { member, ownerIds: rows.filter(({ role }) => role === "owner").map((row) => row.userId) };
}

function requireAnotherOwner(ownerIds: readonly string[], userId: string): void {
  if (!ownerIds.includes(userId) || ownerIds.length > 1) return;
  throw new DomainError("conflict", "This is the last owner. Make somebody else an owner first.");
}
