import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { memberships, organizations } from "#drizzle/schema/index.ts";
import { type Organization, Role, SCOPES, type Scope, UpdateOrganization } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { type Ctx, command, query, type System, scopesOfRole } from "#lib/domain/access/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";

type Store = Pick<System, "database">;
type Row = typeof organizations.$inferSelect;

export interface OrganizationRef {
  readonly id: string;
  readonly slug: string;
}

/** Ids and slugs cannot be taken for one another: a slug has no underscore. */
const byRef = (ref: string) => (isId("org", ref) ? eq(organizations.id, ref) : eq(organizations.slug, ref));

/** The organization of an id or slug, or null. Says nothing about who may see it. */
export async function findOrganization(store: Store, ref: string): Promise<OrganizationRef | null> {
  const [row] = await store.database.db
    .select({ id: organizations.id, slug: organizations.slug })
    .from(organizations)
    .where(byRef(ref))
    .limit(1);
  return row ?? null;
}

/** The organization of an id or slug with the user's role in it, or null when it is missing or they are no member. */
export async function findMembership(
  store: Store,
  userId: string,
  ref: string,
): Promise<{ organization: OrganizationRef; role: Role } | null> {
  const [row] = await store.database.db
    .select({ id: organizations.id, slug: organizations.slug, role: memberships.role })
    .from(organizations)
    .innerJoin(
      memberships,
      and(eq(memberships.organizationId, organizations.id), eq(memberships.userId, userId)),
    )
    .where(byRef(ref))
    .limit(1);
  if (row === undefined) return null;
  return { organization: { id: row.id, slug: row.slug }, role: Role.parse(row.role) };
}

/** An organization as somebody with `role` and `scopes` in it sees it. */
export const presentOrganization = (
  row: Row,
  role: Role | null,
  scopes: ReadonlySet<Scope>,
): Organization => ({
  id: row.id,
  name: row.name,
  slug: row.slug,
  role,
  scopes: SCOPES.filter((scope) => scopes.has(scope)),
  plan: row.plan,
});

/** Every organization a person is a member of, by name. */
export async function listOrganizationsOfUser(store: Store, userId: string): Promise<Organization[]> {
  const rows = await store.database.db
    .select({ organization: organizations, role: memberships.role })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(organizations.name), asc(organizations.id));
  return rows.map(({ organization, role }) => {
    const parsed = Role.parse(role);
    return presentOrganization(organization, parsed, scopesOfRole(parsed));
  });
}

/** The one organization that an API token reaches. */
export async function listOrganizationsOfToken(
  store: Store,
  organizationId: string,
  scopes: ReadonlySet<Scope>,
): Promise<Organization[]> {
  const rows = await store.database.db
    .select()
    .from(organizations)
    .where(eq(organizations.id, organizationId));
  return rows.map((row) => presentOrganization(row, null, scopes));
}

const Nothing = z.object({});

/** The organization of the context, as its caller sees it. */
export const getOrganization = query({
  name: "organization.get",
  scope: "organization:read",
  input: Nothing,
  run: async (ctx) =>
    presentOrganization(await loadOrganization(ctx.database.db, ctx.organization.id), ctx.role, ctx.scopes),
});

/** Renames the organization; its slug stays, for it is part of addresses. */
export const updateOrganization = command({
  name: "organization.update",
  scope: "organization:write",
  input: UpdateOrganization,
  run: async (ctx, { name }) => {
    const before = await loadOrganization(ctx.db, ctx.organization.id);
    await ctx.db.update(organizations).set({ name }).where(eq(organizations.id, before.id));
    return {
      value: presentOrganization({ ...before, name }, ctx.role, ctx.scopes),
      audit: { entity: "organization", entityId: before.id, before: { name: before.name }, after: { name } },
    };
  },
});

/** The organization of an id. Throws `not_found`. */
export async function loadOrganization(db: Db, id: string): Promise<Row> {
  const [row] = await db.select().from(organizations).where(eq(organizations.id, id)).limit(1);
  if (row === undefined) throw notFound("organization");
  return row;
}

/** The context of our own work in an organization: every scope, no role. `name` is what the audit log shows. */
export async function systemCtx(system: System, organizationId: string, name: string): Promise<Ctx> {
  const organization = await findOrganization(system, organizationId);
  if (organization === null) throw notFound("organization");
  const { database, clock, ids, log, doors } = system;
  return {
    database,
    clock,
    ids,
    log,
    doors,
    actor: { kind: "system", name },
    organization,
    role: null,
    scopes: new Set(SCOPES),
    requestId: ids.id("req"),
  };
}
