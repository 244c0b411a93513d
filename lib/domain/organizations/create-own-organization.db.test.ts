import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { auditLog, organizations } from "#drizzle/schema/index.ts";
import type { Actor, System } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  type Tenants,
  type TestDatabase,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { createOwnOrganization, listOrganizationsOfUser } from "./index.ts";

let store: TestDatabase;
let system: System;
let tenants: Tenants;
beforeEach(async () => {
  store = await testDatabase({ connectionsMax: 8 });
  system = testSystem({ database: store.database });
  tenants = await createTenants(store.database);
});
afterEach(() => store.close());

const asUser = ({ id, name, email }: Tenants["acme"]["users"]["owner"]): Actor => ({
  kind: "user",
  userId: id,
  name,
  email,
});
const make = (actor: Actor, slug: string) =>
  createOwnOrganization({ system, actor, requestId: "req_1" }, { name: "Acme Labs", slug });
const organizationCount = async () => (await store.database.db.select().from(organizations)).length;

test("an owner makes another organization and owns it alone, on record", async () => {
  const { owner } = tenants.acme.users;
  const made = await make(asUser(owner), "acme-labs");
  expect(made).toMatchObject({ name: "Acme Labs", slug: "acme-labs", role: "owner" });
  expect((await listOrganizationsOfUser(system, owner.id)).map(({ slug, role }) => [slug, role])).toEqual([
    ["acme", "owner"],
    ["acme-labs", "owner"],
  ]);
  expect(await listOrganizationsOfUser(system, tenants.globex.users.owner.id)).toHaveLength(1);
  expect(
    await store.database.db.select().from(auditLog).where(eq(auditLog.organizationId, made.id)),
  ).toMatchObject([
    { action: "organization.createOwn", actor: `user:${owner.id}`, entityId: made.id, requestId: "req_1" },
  ]);
});

test("members who own nothing, tokens and the system make none", async () => {
  const { admin, developer, viewer } = tenants.acme.users;
  const others: Actor[] = [
    ...[admin, developer, viewer].map(asUser),
    { kind: "apiToken", tokenId: "key_1", name: "CI", createdBy: tenants.acme.users.owner.id },
    { kind: "system", name: "jobs" },
  ];
  for (const actor of others)
    await expect(make(actor, "acme-labs")).rejects.toMatchObject({ code: "forbidden" });
  expect(await organizationCount()).toBe(2);
});

test("a slug that is taken, by anybody, or that our own addresses use, changes nothing", async () => {
  const owner = asUser(tenants.acme.users.owner);
  await expect(make(owner, "globex")).rejects.toMatchObject({ code: "conflict" });
  await expect(make(owner, "sign-in")).rejects.toMatchObject({ code: "invalid_input" });
  await expect(make(owner, "No Slug")).rejects.toMatchObject({ code: "invalid_input" });
  expect(await organizationCount()).toBe(2);
});

test("one person owns so many and no more, even when all are made at once", async () => {
  const owner = asUser(tenants.acme.users.owner);
  const tooMany = limits.auth.organizationsPerOwnerMax + 5;
  const made = await Promise.allSettled(
    Array.from({ length: tooMany }, (_, index) => make(owner, `acme-${index}`)),
  );
  const refused = made.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(refused.map(({ code }) => code)).toEqual(Array(6).fill("limit_reached"));
  expect(await organizationCount()).toBe(limits.auth.organizationsPerOwnerMax + 1);
  await expect(make(asUser(tenants.globex.users.owner), "globex-labs")).resolves.toBeDefined();
});
