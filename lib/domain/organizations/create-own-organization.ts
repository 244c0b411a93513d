import { and, count, eq } from "drizzle-orm";
import { memberships, users } from "#drizzle/schema/index.ts";
import { CreateOrganization } from "#lib/contract/index.ts";
import { type Actor, type SystemCommandCtx, scopesOfRole, systemCommand } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { insertOrganization } from "./create-organization.ts";
import { loadOrganization, presentOrganization } from "./organizations.ts";

/**
 * Makes one more organization, owned by the person who asks. Only somebody who owns one already may: members are
 * guests of the installation. Throws `forbidden` for anybody else and for a token, `conflict` for a taken slug,
 * `invalid_input` for a reserved one, and `limit_reached` at `limits.auth.organizationsPerOwnerMax`.
 */
export const createOwnOrganization = systemCommand({
  name: "organization.createOwn",
  input: CreateOrganization,
  run: async (ctx, { name, slug }) => {
    const ownerId = personOf(ctx.actor);
    await requireRoomForOrganization(ctx, ownerId);
    const { id } = await insertOrganization(ctx, { name, slug, ownerId });
    const organization = await loadOrganization(ctx.db, id);
    return {
      value: presentOrganization(organization, "owner", scopesOfRole("owner")),
      audit: {
        entity: "organization",
        entityId: id,
        after: { name, slug, owner: ownerId },
        organizationId: id,
      },
    };
  },
});

function personOf(actor: Actor): string {
  if (actor.kind === "user") return actor.userId;
  throw new DomainError(
    "forbidden",
    "A token belongs to one organization and cannot make another. Sign in to the dashboard.",
  );
}

async function requireRoomForOrganization({ db }: SystemCommandCtx, userId: string): Promise<void> {
  // The person's row is locked: two requests at once count one after the other.
  await db.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("update");
  const [owned] = await db
    .select({ count: count() })
    .from(memberships)
    .where(and(eq(memberships.userId, userId), eq(memberships.role, "owner")));
  const ownedCount = owned?.count ?? 0;
  if (ownedCount === 0) {
    throw new DomainError(
      "forbidden",
      "Only the owner of an organization can make another one. Ask an owner.",
    );
  }
  if (ownedCount >= limits.auth.organizationsPerOwnerMax) {
    throw new DomainError(
      "limit_reached",
      `One person owns at most ${limits.auth.organizationsPerOwnerMax} organizations.`,
    );
  }
}
