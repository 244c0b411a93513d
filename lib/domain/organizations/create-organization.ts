import { z } from "zod";
import { memberships, organizations, users } from "#drizzle/schema/index.ts";
import { Slug } from "#lib/contract/index.ts";
import { hashPassword } from "#lib/crypto/index.ts";
import { type System, type SystemCommandCtx, systemCommand } from "#lib/domain/access/index.ts";
import { findAccountByEmail, normalizeEmail } from "#lib/domain/accounts/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { requireUnreservedSlug } from "./slugs.ts";

export interface NewOwner {
  name: string;
  email: string;
  password: string;
}
export interface CreatedOrganization {
  organization: { id: string; slug: string; name: string };
  userId: string;
}

/**
 * Makes an organization with its first owner, as `actorName` (for the sample's seeder and for operators). An account
 * with that e-mail becomes the owner and keeps its password. Throws `conflict` when the slug is taken.
 */
export async function createOrganization(
  system: System,
  input: { name: string; slug: string; owner: NewOwner },
  actorName = "setup",
): Promise<CreatedOrganization> {
  const passwordHash = await hashPassword(input.owner.password, system.passwordCost);
  return createWithOwner(
    { system, actor: { kind: "system", name: actorName }, requestId: system.ids.id("req") },
    {
      name: input.name,
      slug: input.slug,
      ownerName: input.owner.name,
      email: input.owner.email,
      passwordHash,
    },
  );
}

const createWithOwner = systemCommand({
  name: "organization.create",
  input: z.object({
    name: z.string().min(1).max(100),
    slug: Slug,
    ownerName: z.string().min(1).max(100),
    email: z.email().max(320),
    passwordHash: z.string(),
  }),
  run: async (ctx, { name, slug, ownerName, email, passwordHash }) => {
    const account = await findAccountByEmail(ctx.db, email);
    const userId = account?.id ?? (await insertUser(ctx, { name: ownerName, email, passwordHash }));
    const organization = await insertOrganization(ctx, { name, slug, ownerId: userId });
    return {
      value: { organization, userId },
      audit: {
        entity: "organization",
        entityId: organization.id,
        after: { name, slug, owner: userId },
        organizationId: organization.id,
      },
    };
  },
});

/** Inserts a user and answers its id. Throws `conflict` when the e-mail is taken. */
export async function insertUser(
  { db, ids, clock }: SystemCommandCtx,
  { name, email, passwordHash }: { name: string; email: string; passwordHash: string },
): Promise<string> {
  const id = ids.id("usr");
  const inserted = await db
    .insert(users)
    .values({ id, name, email: normalizeEmail(email), passwordHash, createdAt: new Date(clock.nowMs()) })
    .onConflictDoNothing()
    .returning({ id: users.id });
  if (inserted.length === 0)
    throw new DomainError("conflict", "There is an account with this e-mail already.");
  return id;
}

/** Inserts an organization and its owner's membership. Throws `conflict` when the slug is taken. */
export async function insertOrganization(
  { db, ids, clock }: SystemCommandCtx,
  { name, slug, ownerId }: { name: string; slug: string; ownerId: string },
): Promise<{ id: string; slug: string; name: string }> {
  requireUnreservedSlug(slug);
  const createdAt = new Date(clock.nowMs());
  const id = ids.id("org");
  const inserted = await db
    .insert(organizations)
    .values({ id, slug, name, createdAt })
    .onConflictDoNothing()
    .returning({ id: organizations.id });
  if (inserted.length === 0) throw new DomainError("conflict", `The slug ${slug} is taken.`);
  await db.insert(memberships).values({ organizationId: id, userId: ownerId, role: "owner", createdAt });
  return { id, slug, name };
}

/** Whether any account exists: setup is over as soon as one does. */
export async function hasUsers({ database }: Pick<System, "database">): Promise<boolean> {
  const rows = await database.db.select({ id: users.id }).from(users).limit(1);
  return rows.length > 0;
}
