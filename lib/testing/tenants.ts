import { memberships, organizations, users } from "#drizzle/schema/index.ts";
import { ROLES, type Role } from "#lib/contract/index.ts";
import type { Database } from "#lib/db/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

export interface TestOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** One user of each role, each a member of this organization only. */
  readonly users: Readonly<Record<Role, TestUser>>;
}

/** The two organizations of every database test: what one does must never show in the other. */
export interface Tenants {
  readonly acme: TestOrganization;
  readonly globex: TestOrganization;
}

/** Inserts both organizations with an owner, an admin, a developer and a viewer each. Nobody has a password. */
export async function createTenants(database: Database): Promise<Tenants> {
  return {
    acme: await createTestOrganization(database, "acme", "Acme"),
    globex: await createTestOrganization(database, "globex", "Globex"),
  };
}

/** Inserts one organization with an owner, an admin, a developer and a viewer. */
export async function createTestOrganization(
  database: Database,
  slug: string,
  name: string,
): Promise<TestOrganization> {
  const ids = createIdSource();
  const id = ids.id("org");
  const people = ROLES.map((role) => ({
    id: ids.id("usr"),
    email: `${role}@${slug}.example`,
    name: `${name} ${role}`,
    role,
  }));
  await database.db.insert(organizations).values({ id, slug, name });
  await database.db.insert(users).values(people.map(({ role: _role, ...user }) => user));
  await database.db
    .insert(memberships)
    .values(people.map((user) => ({ organizationId: id, userId: user.id, role: user.role })));
  return {
    id,
    slug,
    name,
    users: Object.fromEntries(people.map((user) => [user.role, user])) as Record<Role, TestUser>,
  };
}
