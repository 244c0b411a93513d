import { and, count, desc, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import { memberships, oneTimeTokens, users } from "#drizzle/schema/index.ts";
import { AddMember, type Invitation, Role } from "#lib/contract/index.ts";
import { hashSecret } from "#lib/crypto/index.ts";
import { actorKey, type CommandCtx, command, query } from "#lib/domain/access/index.ts";
import { normalizeEmail } from "#lib/domain/accounts/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { requirePowerOver } from "./role-power.ts";

type Row = typeof oneTimeTokens.$inferSelect;

/** The row as the organization sees it; every invitation has an id, an e-mail, a name and a role. */
const present = (row: Row): Invitation => ({
  id: row.id ?? "",
  email: row.email ?? "",
  name: row.name ?? "",
  role: Role.parse(row.role),
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
});

const pending = (organizationId: string, nowMs: number) =>
  and(
    eq(oneTimeTokens.organizationId, organizationId),
    eq(oneTimeTokens.purpose, "invite"),
    isNull(oneTimeTokens.usedAt),
    gt(oneTimeTokens.expiresAt, new Date(nowMs)),
  );

/** The invitations that can still be accepted, newest first. */
export const listInvitations = query({
  name: "invitation.list",
  scope: "members:read",
  input: z.object({}),
  run: async (ctx) => {
    const rows = await ctx.database.db
      .select()
      .from(oneTimeTokens)
      .where(pending(ctx.organization.id, ctx.clock.nowMs()))
      .orderBy(desc(oneTimeTokens.id))
      .limit(limits.auth.invitationsPerOrganizationMax);
    return rows.map(present);
  },
});

/**
 * Invites somebody and answers the secret of a link that works once, for a week. Nobody becomes a member, and no
 * account is made or touched, before the link is used. An earlier invitation of the same e-mail stops working.
 */
export const inviteMember = command({
  name: "member.invite",
  scope: "members:write",
  input: AddMember,
  run: async (ctx, { email: givenEmail, name, role }) => {
    requirePowerOver(ctx, role);
    const email = normalizeEmail(givenEmail);
    await requireNoMember(ctx, email);
    const isPending = pending(ctx.organization.id, ctx.clock.nowMs());
    await ctx.db.delete(oneTimeTokens).where(and(isPending, eq(oneTimeTokens.email, email)));
    await requireRoomForInvitation(ctx);
    const secret = ctx.ids.secret(limits.auth.oneTimeTokenSecretBytes);
    const row = {
      hash: hashSecret(secret),
      id: ctx.ids.id("inv"),
      purpose: "invite",
      organizationId: ctx.organization.id,
      email,
      name,
      role,
      createdBy: actorKey(ctx.actor),
      expiresAt: new Date(ctx.clock.nowMs() + limits.auth.invitationSeconds * 1000),
      createdAt: new Date(ctx.clock.nowMs()),
      usedAt: null,
      userId: null,
    } satisfies Row;
    await ctx.db.insert(oneTimeTokens).values(row);
    return {
      value: { invitation: present(row), secret },
      audit: { entity: "invitation", entityId: row.id, after: { email, name, role } },
    };
  },
});

/** Withdraws an invitation: its link stops working. */
export const revokeInvitation = command({
  name: "invitation.revoke",
  scope: "members:write",
  input: z.object({ invitationId: z.string() }),
  run: async (ctx, { invitationId }) => {
    const [row] = await ctx.db
      .delete(oneTimeTokens)
      .where(and(pending(ctx.organization.id, ctx.clock.nowMs()), eq(oneTimeTokens.id, invitationId)))
      .returning();
    if (row === undefined) throw notFound("invitation");
    requirePowerOver(ctx, Role.parse(row.role));
    return {
      value: undefined,
      audit: { entity: "invitation", entityId: invitationId, before: { email: row.email, role: row.role } },
    };
  },
});

async function requireNoMember(ctx: CommandCtx, email: string): Promise<void> {
  const found = await ctx.db
    .select({ id: users.id })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, email), eq(memberships.organizationId, ctx.organization.id)))
    .limit(1);
  if (found.length > 0)
    throw new DomainError("conflict", "This person is a member already. Change their role instead.");
}

async function requireRoomForInvitation(ctx: CommandCtx): Promise<void> {
  const { membersPerOrganizationMax, invitationsPerOrganizationMax } = limits.auth;
  const [members] = await ctx.db
    .select({ count: count() })
    .from(memberships)
    .where(eq(memberships.organizationId, ctx.organization.id));
  const [open] = await ctx.db
    .select({ count: count() })
    .from(oneTimeTokens)
    .where(pending(ctx.organization.id, ctx.clock.nowMs()));
  if ((members?.count ?? 0) >= membersPerOrganizationMax) {
    throw new DomainError(
      "limit_reached",
      `An organization has at most ${membersPerOrganizationMax} members.`,
    );
  }
  if ((open?.count ?? 0) >= invitationsPerOrganizationMax) {
    throw new DomainError(
      "limit_reached",
      `At most ${invitationsPerOrganizationMax} invitations can be open. Revoke some.`,
    );
  }
}
