import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiTokens, auditLog, users } from "#drizzle/schema/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { changeMemberRole, systemCtx } from "#lib/domain/organizations/index.ts";
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
import { createApiToken, findTokenBySecret, listApiTokens, revokeApiToken } from "./index.ts";

const clock = fakeClock();
let store: TestDatabase;
let system: System;
let tenants: Tenants;
beforeAll(async () => {
  store = await testDatabase();
  system = testSystem({ database: store.database, clock });
  tenants = await createTenants(store.database);
});
afterAll(() => store.close());
const owner = () => testCtx(system, tenants.acme, "owner");
const admin = () => testCtx(system, tenants.acme, "admin");
const row = async (id: string) =>
  (await system.database.db.select().from(apiTokens).where(eq(apiTokens.id, id)))[0];

test("the secret is answered once and stored nowhere; only its hash finds the token", async () => {
  const created = await createApiToken(owner(), {
    name: " CI ",
    scopes: ["servers:read", "servers:read", "logs:read"],
  });
  expect(created.secret).toMatch(/^mcpstack_sk_[A-Za-z0-9_-]{43}$/);
  expect(created).toMatchObject({
    name: "CI",
    prefix: created.secret.slice(0, 16),
    scopes: ["servers:read", "logs:read"],
  });
  expect(await listApiTokens(owner(), {})).toContainEqual(
    expect.not.objectContaining({ secret: expect.anything() }),
  );
  const stored = JSON.stringify([await row(created.id), await system.database.db.select().from(auditLog)]);
  expect(stored).not.toContain(created.secret.slice(16));
  const found = await findTokenBySecret(system, created.secret);
  expect(found).toMatchObject({
    id: created.id,
    organizationId: tenants.acme.id,
    scopes: new Set(["servers:read", "logs:read"]),
  });
});

test("a mistyped, foreign-looking or truncated secret finds nothing", async () => {
  const { secret } = await createApiToken(owner(), { name: "CI", scopes: ["servers:read"] });
  for (const other of [
    "",
    "mcpstack_sk_",
    secret.slice(0, -1),
    `${secret}a`,
    secret.replace("mcpstack", "MCPSTACK"),
    secret.split("").reverse().join(""),
  ]) {
    expect(await findTokenBySecret(system, other)).toBeNull();
  }
});

test("a revoked token and an expired one find nothing from that moment", async () => {
  const revoked = await createApiToken(owner(), { name: "revoked", scopes: ["servers:read"] });
  await revokeApiToken(admin(), { tokenId: revoked.id });
  expect(await findTokenBySecret(system, revoked.secret)).toBeNull();
  await expect(revokeApiToken(admin(), { tokenId: revoked.id })).rejects.toMatchObject({ code: "not_found" });
  const expiresAt = new Date(clock.nowMs() + 1_000).toISOString();
  const expiring = await createApiToken(owner(), { name: "expiring", scopes: ["servers:read"], expiresAt });
  expect(await findTokenBySecret(system, expiring.secret)).not.toBeNull();
  clock.advance(1_000);
  expect(await findTokenBySecret(system, expiring.secret)).toBeNull();
  const past = createApiToken(owner(), { name: "past", scopes: ["servers:read"], expiresAt });
  await expect(past).rejects.toMatchObject({ code: "invalid_input", errors: [{ path: "expiresAt" }] });
});

test("nobody gives a token what they do not have, and a token loses what its maker loses", async () => {
  await expect(
    createApiToken(admin(), { name: "too much", scopes: ["organization:write"] }),
  ).rejects.toMatchObject({ code: "forbidden" });
  const created = await createApiToken(admin(), {
    name: "theirs",
    scopes: ["servers:write", "tokens:write", "logs:read"],
  });
  const scopes = async () => [...((await findTokenBySecret(system, created.secret))?.scopes ?? [])];
  expect(await scopes()).toHaveLength(3);
  await changeMemberRole(owner(), { userId: tenants.acme.users.admin.id, role: "viewer" });
  expect(await scopes()).toEqual(["logs:read"]);
  await system.database.db
    .update(users)
    .set({ disabledAt: new Date() })
    .where(eq(users.id, tenants.acme.users.admin.id));
  expect(await scopes()).toEqual([]);
  await system.database.db
    .update(users)
    .set({ disabledAt: null })
    .where(eq(users.id, tenants.acme.users.admin.id));
  await changeMemberRole(owner(), { userId: tenants.acme.users.admin.id, role: "admin" });
  const ours = await createApiToken(await systemCtx(system, tenants.acme.id, "sample"), {
    name: "ours",
    scopes: ["servers:write"],
  });
  expect((await findTokenBySecret(system, ours.secret))?.scopes).toEqual(new Set(["servers:write"]));
});

test("the last use is written at most once a minute", async () => {
  const { id, secret } = await createApiToken(owner(), { name: "used", scopes: ["servers:read"] });
  const used = async () => {
    await findTokenBySecret(system, secret);
    return (await row(id))?.lastUsedAt?.getTime();
  };
  const first = await used();
  expect(first).toBe(clock.nowMs());
  clock.advance(limits.auth.apiTokenLastUsedMs - 1);
  expect(await used()).toBe(first);
  clock.advance(2);
  expect(await used()).toBe(clock.nowMs());
});

test("an organization sees and revokes only its own tokens", async () => {
  const { id, secret } = await createApiToken(owner(), { name: "acme's", scopes: ["servers:read"] });
  const stranger = testCtx(system, tenants.globex, "owner");
  expect(await listApiTokens(stranger, {})).toEqual([]);
  await expect(revokeApiToken(stranger, { tokenId: id })).rejects.toMatchObject({ code: "not_found" });
  expect(await findTokenBySecret(system, secret)).not.toBeNull();
});

test("live tokens are bounded; expired and revoked ones make room", async () => {
  const ctx = testCtx(system, tenants.globex, "owner");
  const max = limits.auth.apiTokensPerOrganizationMax;
  await system.database.db.insert(apiTokens).values(
    Array.from({ length: max }, (_, index) => ({
      id: `key_${index}`,
      organizationId: tenants.globex.id,
      name: "many",
      prefix: "x",
      hash: `h${index}`,
      scopes: ["logs:read"],
    })),
  );
  await expect(createApiToken(ctx, { name: "one more", scopes: ["logs:read"] })).rejects.toMatchObject({
    code: "limit_reached",
  });
  await revokeApiToken(ctx, { tokenId: "key_0" });
  await expect(createApiToken(ctx, { name: "one more", scopes: ["logs:read"] })).resolves.toBeDefined();
});
