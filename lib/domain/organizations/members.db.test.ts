import { eq } from "drizzle-orm";
import { afterAll, beforeEach, expect, test } from "vitest";
import { apiTokens, auditLog, memberships, oneTimeTokens, users } from "#drizzle/schema/index.ts";
import { hashPassword } from "#lib/crypto/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { findSessionUser, signIn } from "#lib/domain/accounts/index.ts";
import { createApiToken, listApiTokens } from "#lib/domain/api-tokens/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import {
  acceptInvitation,
  changeMemberRole,
  findMembership,
  inviteMember,
  listInvitations,
  listMembers,
  previewInvitation,
  removeMember,
  revokeInvitation,
  updateOrganization,
} from "./index.ts";

const clock = fakeClock();
const caller = { address: "192.0.2.1", requestId: "req_test" };
const GRACE = { email: "Grace@Example.com", name: "Grace Hopper", role: "developer" } as const;
const PASSWORD = "nanoseconds of wire";
let store: TestDatabase | undefined;
let system: System;
let tenants: Tenants;
beforeEach(async () => {
  await store?.close();
  store = await testDatabase({ connectionsMax: 8 });
  system = testSystem({ database: store.database, clock });
  tenants = await createTenants(store.database);
});
afterAll(() => store?.close());

const as = (role: "owner" | "admin" | "viewer") => testCtx(system, tenants.acme, role);
const globexOwner = () => testCtx(system, tenants.globex, "owner");
const roles = async () =>
  Object.fromEntries((await listMembers(as("owner"), {})).map(({ email, role }) => [email, role]));

test("an invitation makes no account and no member before it is accepted, and then both", async () => {
  const { invitation, secret } = await inviteMember(as("owner"), GRACE);
  expect(invitation).toMatchObject({
    email: "grace@example.com",
    role: "developer",
    createdBy: `user:${tenants.acme.users.owner.id}`,
  });
  expect(await listInvitations(as("owner"), {})).toEqual([invitation]);
  expect(Object.keys(await roles())).not.toContain("grace@example.com");
  expect(await previewInvitation(system, secret)).toEqual({
    organizationName: "Acme",
    email: "grace@example.com",
    name: "Grace Hopper",
    role: "developer",
    hasAccount: false,
  });
  const accepted = await acceptInvitation(system, { token: secret, password: PASSWORD }, caller);
  expect(accepted).toMatchObject({ organization: { slug: "acme" }, email: "grace@example.com" });
  expect((await roles())["grace@example.com"]).toBe("developer");
  const user = await signIn(system, { email: GRACE.email, password: PASSWORD, ...caller });
  expect((await findMembership(system, user.id, "acme"))?.role).toBe("developer");
  expect(await findMembership(system, user.id, "globex")).toBeNull();
  expect(await listInvitations(as("owner"), {})).toEqual([]);
  const stored = JSON.stringify([
    await system.database.db.select().from(oneTimeTokens),
    await system.database.db.select().from(auditLog),
  ]);
  expect(stored).not.toContain(secret);
});

test("a link works once, also when two people use it at the same moment", async () => {
  const { secret } = await inviteMember(as("owner"), GRACE);
  const accept = (password: string) => acceptInvitation(system, { token: secret, password }, caller);
  const results = await Promise.allSettled([
    accept(PASSWORD),
    accept("another nanosecond"),
    accept("third nanosecond"),
  ]);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(accept(PASSWORD)).rejects.toMatchObject({ code: "not_found" });
  await expect(previewInvitation(system, secret)).rejects.toMatchObject({ code: "not_found" });
  expect(
    (await system.database.db.select().from(users).where(eq(users.email, "grace@example.com"))).length,
  ).toBe(1);
});

test("a withdrawn, an expired and a replaced invitation do not work", async () => {
  const withdrawn = await inviteMember(as("owner"), GRACE);
  await revokeInvitation(as("admin"), { invitationId: withdrawn.invitation.id });
  const replaced = await inviteMember(as("owner"), GRACE);
  const current = await inviteMember(as("owner"), GRACE);
  expect(await listInvitations(as("owner"), {})).toEqual([current.invitation]);
  clock.advance(limits.auth.invitationSeconds * 1000 + 1);
  for (const { secret } of [withdrawn, replaced, current]) {
    await expect(
      acceptInvitation(system, { token: secret, password: PASSWORD }, caller),
    ).rejects.toMatchObject({ code: "not_found" });
  }
});

test("an invitation's link never opens an account that exists: its own password is needed, and guessing is bounded", async () => {
  const victim = tenants.globex.users.viewer;
  await system.database.db
    .update(users)
    .set({ passwordHash: await hashPassword(PASSWORD, { N: 1024, r: 8, p: 1 }) })
    .where(eq(users.id, victim.id));
  const { secret } = await inviteMember(as("owner"), {
    email: victim.email,
    name: "A chosen name",
    role: "viewer",
  });
  expect((await previewInvitation(system, secret)).hasAccount).toBe(true);
  const accept = (password: string) => acceptInvitation(system, { token: secret, password }, caller);
  await expect(accept("the link holder's choice")).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "password" }],
  });
  expect(await findMembership(system, victim.id, "acme")).toBeNull();
  await accept(PASSWORD);
  expect((await findMembership(system, victim.id, "acme"))?.role).toBe("viewer");
  expect((await findSessionUser(system, victim.id))?.name).toBe(victim.name);
  const again = await inviteMember(testCtx(system, tenants.acme, "owner"), {
    ...GRACE,
    email: tenants.globex.users.admin.email,
  });
  for (let attempt = 0; attempt < limits.auth.signInAttemptsPerWindowMax; attempt++) {
    await acceptInvitation(
      system,
      { token: again.secret, password: "guess" },
      { ...caller, address: `10.0.0.${attempt}` },
    ).catch(() => undefined);
  }
  await expect(
    acceptInvitation(system, { token: again.secret, password: "guess" }, { ...caller, address: "10.1.0.0" }),
  ).rejects.toMatchObject({ code: "rate_limited" });
}, 30_000);

test("nobody gives or takes more power than they have", async () => {
  const { owner, viewer, developer } = tenants.acme.users;
  await expect(inviteMember(as("admin"), { ...GRACE, role: "owner" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(changeMemberRole(as("admin"), { userId: viewer.id, role: "owner" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(changeMemberRole(as("admin"), { userId: owner.id, role: "viewer" })).rejects.toMatchObject({
    code: "forbidden",
  });
  await expect(removeMember(as("admin"), { userId: owner.id })).rejects.toMatchObject({ code: "forbidden" });
  const { invitation } = await inviteMember(as("owner"), { ...GRACE, role: "owner" });
  await expect(revokeInvitation(as("admin"), { invitationId: invitation.id })).rejects.toMatchObject({
    code: "forbidden",
  });
  expect(await listInvitations(as("owner"), {})).toHaveLength(1);
  await expect(changeMemberRole(as("admin"), { userId: developer.id, role: "admin" })).resolves.toMatchObject(
    { role: "admin" },
  );
  await expect(removeMember(as("viewer"), { userId: developer.id })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("the last owner stays, also when two owners remove each other at the same moment", async () => {
  const { owner, admin } = tenants.acme.users;
  await expect(removeMember(as("owner"), { userId: owner.id })).rejects.toMatchObject({ code: "conflict" });
  await expect(changeMemberRole(as("owner"), { userId: owner.id, role: "admin" })).rejects.toMatchObject({
    code: "conflict",
  });
  await changeMemberRole(as("owner"), { userId: admin.id, role: "owner" });
  const results = await Promise.allSettled([
    removeMember(as("owner"), { userId: owner.id }),
    removeMember(as("owner"), { userId: admin.id }),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const left = await system.database.db
    .select()
    .from(memberships)
    .where(eq(memberships.organizationId, tenants.acme.id));
  expect(left.filter(({ role }) => role === "owner")).toHaveLength(1);
});

test("a removed member is out at once: membership, sessions and the tokens they made, in this organization only", async () => {
  const admin = tenants.acme.users.admin;
  await createApiToken(as("admin"), { name: "theirs", scopes: ["servers:read"] });
  const kept = await createApiToken(as("owner"), { name: "kept", scopes: ["servers:read"] });
  const foreign = await createApiToken(
    { ...globexOwner(), actor: as("admin").actor },
    { name: "foreign", scopes: ["servers:read"] },
  );
  await removeMember(as("owner"), { userId: admin.id });
  expect(await findMembership(system, admin.id, "acme")).toBeNull();
  expect((await findSessionUser(system, admin.id))?.tokenVersion).toBe(2);
  expect((await listApiTokens(as("owner"), {})).map(({ id }) => id)).toEqual([kept.id]);
  const [untouched] = await system.database.db.select().from(apiTokens).where(eq(apiTokens.id, foreign.id));
  expect(untouched?.revokedAt).toBeNull();
});

test("a removed member cannot come back by an invitation that they made before", async () => {
  await inviteMember(as("admin"), { ...GRACE, email: "again@example.com" });
  const kept = await inviteMember(as("owner"), GRACE);
  await removeMember(as("owner"), { userId: tenants.acme.users.admin.id });
  expect(await listInvitations(as("owner"), {})).toEqual([kept.invitation]);
});

test("being removed from one organization ends no session of somebody who belongs to another", async () => {
  const { developer } = tenants.acme.users;
  await system.database.db
    .insert(memberships)
    .values({ organizationId: tenants.globex.id, userId: developer.id, role: "viewer" });
  await removeMember(globexOwner(), { userId: developer.id });
  expect((await findSessionUser(system, developer.id))?.tokenVersion).toBe(1);
  expect(await findMembership(system, developer.id, "acme")).toMatchObject({ role: "developer" });
  expect(await findMembership(system, developer.id, "globex")).toBeNull();
});

test("an organization sees and touches only its own people and invitations", async () => {
  const { invitation } = await inviteMember(as("owner"), GRACE);
  const { viewer } = tenants.acme.users;
  expect((await listMembers(globexOwner(), {})).every(({ email }) => email.endsWith("@globex.example"))).toBe(
    true,
  );
  expect(await listInvitations(globexOwner(), {})).toEqual([]);
  await expect(changeMemberRole(globexOwner(), { userId: viewer.id, role: "admin" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(removeMember(globexOwner(), { userId: viewer.id })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(revokeInvitation(globexOwner(), { invitationId: invitation.id })).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await findSessionUser(system, viewer.id))?.tokenVersion).toBe(1);
});

test("a member is not invited twice, and renaming keeps the slug and is on record", async () => {
  await expect(
    inviteMember(as("owner"), { ...GRACE, email: tenants.acme.users.viewer.email.toUpperCase() }),
  ).rejects.toMatchObject({ code: "conflict" });
  expect(await updateOrganization(as("owner"), { name: " Acme Europe " })).toMatchObject({
    name: "Acme Europe",
    slug: "acme",
  });
  const records = await system.database.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.action, "organization.update"));
  expect(records).toMatchObject([
    { organizationId: tenants.acme.id, before: { name: "Acme" }, after: { name: "Acme Europe" } },
  ]);
});
