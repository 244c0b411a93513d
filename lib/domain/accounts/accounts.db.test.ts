import { eq } from "drizzle-orm";
import { afterAll, beforeEach, expect, test } from "vitest";
import { auditLog, signInAttempts, users } from "#drizzle/schema/index.ts";
import { hashPassword } from "#lib/crypto/index.ts";
import type { Actor, System } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  createTenants,
  fakeClock,
  recordingLog,
  type Tenants,
  type TestDatabase,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import {
  changePassword,
  deleteExpiredSignInAttempts,
  findSessionUser,
  signIn,
  signOutEverywhere,
  takeSignInAttempt,
} from "./index.ts";

const CHEAP = { N: 1024, r: 8, p: 1 };
const PASSWORD = "correct horse battery";
const ATTEMPTS = limits.auth.signInAttemptsPerWindowMax;

let store: TestDatabase | undefined;
let system: System;
let tenants: Tenants;
let log: ReturnType<typeof recordingLog>;
const clock = fakeClock(Date.UTC(2026, 2, 1, 12));
beforeEach(async () => {
  await store?.close();
  store = await testDatabase();
  log = recordingLog();
  system = testSystem({ database: store.database, clock, log });
  tenants = await createTenants(store.database);
  await setPassword(tenants.acme.users.owner.id, PASSWORD);
});
afterAll(() => store?.close());

const setPassword = async (userId: string, password: string) =>
  system.database.db
    .update(users)
    .set({ passwordHash: await hashPassword(password, CHEAP) })
    .where(eq(users.id, userId));
const enter = (email: string, password: string, address = "192.0.2.1") =>
  signIn(system, { email, password, address, requestId: system.ids.id("req") });
const owner = () => tenants.acme.users.owner;
const actorOf = (user: { id: string; name: string; email: string }): Actor => ({
  kind: "user",
  userId: user.id,
  name: user.name,
  email: user.email,
});
const caller = () => ({ system, actor: actorOf(owner()), requestId: "req_test", address: "192.0.2.1" });

test("the right password signs in, in any case of the e-mail, and is recorded without it", async () => {
  expect(await enter(` ${owner().email.toUpperCase()} `, PASSWORD)).toEqual({
    id: owner().id,
    name: owner().name,
    email: owner().email,
    tokenVersion: 1,
  });
  const records = await system.database.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.action, "account.signIn"));
  expect(records).toMatchObject([{ actor: `user:${owner().id}`, entityId: owner().id, organizationId: "" }]);
  expect(JSON.stringify([records, log.entries])).not.toContain(PASSWORD);
});

test("unknown, without a password, disabled and wrong are refused with the same words", async () => {
  const disabled = tenants.globex.users.owner;
  await setPassword(disabled.id, PASSWORD);
  await system.database.db
    .update(users)
    .set({ disabledAt: new Date(clock.nowMs()) })
    .where(eq(users.id, disabled.id));
  const refusals = await Promise.all(
    [
      ["nobody@example.com", PASSWORD],
      [tenants.acme.users.viewer.email, PASSWORD],
      [disabled.email, PASSWORD],
      [owner().email, "wrong"],
      [owner().email, ""],
      ["", ""],
      ["x".repeat(5_000), "y".repeat(5_000)],
    ].map(([email = "", password = ""]) => enter(email, password).catch((error: unknown) => error)),
  );
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code: "unauthenticated", message: "E-mail or password is wrong." });
  }
});

test("the eleventh attempt in 15 minutes is refused by e-mail, even with the right password, and says how long to wait", async () => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++)
    await takeSignInAttempt(system, owner().email, `192.0.2.${attempt}`);
  clock.advance(60_000);
  const refusal = await enter(owner().email, PASSWORD, "198.51.100.1").catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: "rate_limited",
    retryAfterSeconds: 14 * 60,
    message: "Too many sign-in attempts. Try again in 14 minutes.",
  });
  clock.advance(14 * 60_000);
  await expect(enter(owner().email, PASSWORD)).resolves.toMatchObject({ id: owner().id });
});

test("the eleventh attempt is refused by address too, whoever it is for; other addresses go on", async () => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++)
    await takeSignInAttempt(system, `${attempt}@example.com`, "192.0.2.9");
  await expect(enter(owner().email, PASSWORD, "192.0.2.9")).rejects.toMatchObject({ code: "rate_limited" });
  await expect(enter(owner().email, PASSWORD, "192.0.2.10")).resolves.toMatchObject({ id: owner().id });
});

test("of an IPv6 network that one customer has, every address counts as the same", async () => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++)
    await takeSignInAttempt(system, `${attempt}@example.com`, `2001:db8:1:2::${attempt}`);
  await expect(enter(owner().email, PASSWORD, "2001:db8:1:2:ffff::1")).rejects.toMatchObject({
    code: "rate_limited",
  });
  await expect(enter(owner().email, PASSWORD, "2001:db8:1:3::1")).resolves.toMatchObject({ id: owner().id });
});

test("attempts sent at the same moment do not slip past the limit", async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 4 * ATTEMPTS }, (_, index) =>
      takeSignInAttempt(system, owner().email, `10.0.0.${index}`),
    ),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(ATTEMPTS);
});

test("people who sign in successfully behind one address never lock each other out", async () => {
  for (let round = 0; round < ATTEMPTS + 2; round++) await enter(owner().email, PASSWORD, "192.0.2.50");
});

test("counts of windows that are over are deleted, those of this window stay", async () => {
  await takeSignInAttempt(system, "old@example.com", "192.0.2.1");
  clock.advance(limits.auth.signInWindowSeconds * 1000);
  await takeSignInAttempt(system, "new@example.com", "192.0.2.1");
  await deleteExpiredSignInAttempts(system);
  expect(await system.database.db.select().from(signInAttempts)).toHaveLength(2);
});

test("signing out everywhere raises the token version of this person only", async () => {
  await signOutEverywhere(caller());
  expect((await findSessionUser(system, owner().id))?.tokenVersion).toBe(2);
  expect((await findSessionUser(system, tenants.acme.users.admin.id))?.tokenVersion).toBe(1);
});

test("a new password needs the current one, replaces it, and ends every session", async () => {
  const change = (currentPassword: string, newPassword: string) =>
    changePassword(caller(), { currentPassword, newPassword });
  await expect(change("wrong", "another horse battery")).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "currentPassword" }],
  });
  await expect(change(PASSWORD, "short")).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "newPassword" }],
  });
  await change(PASSWORD, "another horse battery");
  expect((await findSessionUser(system, owner().id))?.tokenVersion).toBe(2);
  await expect(enter(owner().email, PASSWORD)).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(enter(owner().email, "another horse battery")).resolves.toMatchObject({ tokenVersion: 2 });
  const records = await system.database.db.select().from(auditLog);
  expect(JSON.stringify(records)).not.toMatch(/horse|scrypt/);
});

test("two changes at once: one wins, the other is told", async () => {
  const results = await Promise.allSettled(
    ["first horse battery", "second horse battery"].map((newPassword) =>
      changePassword(caller(), { currentPassword: PASSWORD, newPassword }),
    ),
  );
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await findSessionUser(system, owner().id))?.tokenVersion).toBe(2);
});

test("an API token has no password to change and no session to end", async () => {
  const token: Actor = { kind: "apiToken", tokenId: "key_1", name: "CI", createdBy: owner().id };
  await expect(signOutEverywhere({ ...caller(), actor: token })).rejects.toMatchObject({ code: "forbidden" });
  await expect(
    changePassword(
      { ...caller(), actor: token },
      { currentPassword: PASSWORD, newPassword: "another horse battery" },
    ),
  ).rejects.toMatchObject({ code: "forbidden" });
});
