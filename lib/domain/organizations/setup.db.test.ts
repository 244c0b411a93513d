import { afterEach, beforeEach, expect, test } from "vitest";
import { auditLog, memberships, oneTimeTokens, organizations, users } from "#drizzle/schema/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { signIn } from "#lib/domain/accounts/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { fakeClock, type TestDatabase, testDatabase, testSystem } from "#lib/testing/index.ts";
import { completeSetup, createOrganization, createSetupToken, isSetupNeeded } from "./index.ts";

const clock = fakeClock();
let store: TestDatabase;
let system: System;
beforeEach(async () => {
  store = await testDatabase({ connectionsMax: 8 });
  system = testSystem({ database: store.database, clock });
});
afterEach(() => store.close());

const answers = (token: string, overrides: object = {}) => ({
  token,
  organizationName: "Österreich AG",
  name: "Ada Lovelace",
  email: "Ada@Example.com",
  password: "correct horse battery",
  ...overrides,
});
const counts = async () => ({
  users: (await system.database.db.select().from(users)).length,
  organizations: (await system.database.db.select().from(organizations)).length,
  memberships: (await system.database.db.select().from(memberships)).length,
});
const NOTHING = { users: 0, organizations: 0, memberships: 0 };

test("the printed token makes one owner of one organization, who can sign in", async () => {
  expect(await isSetupNeeded(system)).toBe(true);
  const token = await createSetupToken(system);
  const made = await completeSetup(system, answers(token));
  expect(made).toMatchObject({
    organization: { slug: "osterreich-ag", name: "Österreich AG" },
    email: "ada@example.com",
  });
  expect(await counts()).toEqual({ users: 1, organizations: 1, memberships: 1 });
  expect(await system.database.db.select().from(memberships)).toMatchObject([
    { role: "owner", userId: made.userId },
  ]);
  expect(await isSetupNeeded(system)).toBe(false);
  const signedIn = signIn(system, {
    email: "ada@example.com",
    password: "correct horse battery",
    address: "::1",
    requestId: "req_1",
  });
  await expect(signedIn).resolves.toMatchObject({ id: made.userId });
});

test("neither the token nor the password is in the database or in the audit log, and the making is", async () => {
  const token = await createSetupToken(system);
  const made = await completeSetup(system, answers(token));
  const { db } = system.database;
  const records = await db.select().from(auditLog);
  const everything = JSON.stringify([
    records,
    await db.select().from(oneTimeTokens),
    await db.select().from(users),
  ]);
  expect(everything).not.toContain(token);
  expect(everything).not.toContain("correct horse battery");
  expect(records).toContainEqual(
    expect.objectContaining({
      action: "setup.complete",
      actor: "system:setup",
      organizationId: made.organization.id,
    }),
  );
});

test("ten people race with one token: exactly one becomes the owner, and nothing is left of the others", async () => {
  const token = await createSetupToken(system);
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) =>
      completeSetup(system, answers(token, { email: `p${index}@example.com` })),
    ),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await counts()).toEqual({ users: 1, organizations: 1, memberships: 1 });
});

test("a wrong, an old, an expired and a used token are refused and change nothing", async () => {
  const old = await createSetupToken(system);
  const token = await createSetupToken(system);
  for (const bad of [
    "nonsense",
    old,
    `${token}x`,
    token.toLowerCase() === token ? "x" : token.toLowerCase(),
  ]) {
    await expect(completeSetup(system, answers(bad))).rejects.toMatchObject({ code: "forbidden" });
  }
  clock.advance(limits.auth.setupTokenSeconds * 1000 + 1);
  await expect(completeSetup(system, answers(token))).rejects.toMatchObject({ code: "forbidden" });
  expect(await counts()).toEqual(NOTHING);
  const fresh = await createSetupToken(system);
  await completeSetup(system, answers(fresh));
  await expect(completeSetup(system, answers(fresh))).rejects.toMatchObject({ code: "conflict" });
  await expect(createSetupToken(system)).rejects.toMatchObject({ code: "conflict" });
});

test("wrong answers name their fields and use up nothing", async () => {
  const token = await createSetupToken(system);
  const bad = { organizationName: " ", name: "", email: "ada", password: "short" };
  const refusal = await completeSetup(system, answers(token, bad)).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: "invalid_input" });
  const { errors } = refusal as { errors: { path: string }[] };
  expect(errors.map(({ path }) => path).sort()).toEqual(["email", "name", "organizationName", "password"]);
  expect(await counts()).toEqual(NOTHING);
  await expect(completeSetup(system, answers(token))).resolves.toBeDefined();
});

test("any name makes a slug that no address of our own uses", async () => {
  for (const [index, name] of ["Setup", "日本語", "A", "--x--", "api", `${"long ".repeat(20)}`].entries()) {
    const fresh = await testDatabase();
    try {
      const other = testSystem({ database: fresh.database });
      const token = await createSetupToken(other);
      const { organization } = await completeSetup(other, answers(token, { organizationName: name }));
      expect(organization.slug, `${index}`).toMatch(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
      expect(["setup", "api"]).not.toContain(organization.slug);
    } finally {
      await fresh.close();
    }
  }
});

test("the seeder's organization has an owner who signs in, ends setup, and refuses a taken or reserved slug", async () => {
  const owner = { name: "Sam Sample", email: "sam@example.com", password: "generated for this machine" };
  const made = await createOrganization(system, { name: "Sample", slug: "sample", owner }, "sample");
  expect(await isSetupNeeded(system)).toBe(false);
  await expect(signIn(system, { ...owner, address: "::1", requestId: "req_1" })).resolves.toMatchObject({
    id: made.userId,
  });
  const again = createOrganization(system, { name: "Sample", slug: "sample", owner });
  await expect(again).rejects.toMatchObject({ code: "conflict" });
  const reserved = createOrganization(system, { name: "API", slug: "api", owner });
  await expect(reserved).rejects.toMatchObject({ code: "invalid_input", errors: [{ path: "slug" }] });
  expect(await counts()).toEqual({ users: 1, organizations: 1, memberships: 1 });
});
