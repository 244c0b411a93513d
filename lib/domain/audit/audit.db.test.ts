import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "#drizzle/schema/index.ts";
import type { System } from "#lib/domain/access/index.ts";
import { createApiToken } from "#lib/domain/api-tokens/index.ts";
import { updateOrganization } from "#lib/domain/organizations/index.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { listAuditLog } from "./index.ts";

const clock = fakeClock();
let store: TestDatabase;
let system: System;
let tenants: Tenants;
beforeAll(async () => {
  store = await testDatabase();
  system = testSystem({ database: store.database, clock });
  tenants = await createTenants(store.database);
  for (let index = 0; index < 25; index++) {
    clock.advance(1_000);
    await updateOrganization(testCtx(system, tenants.acme, "owner"), { name: `Acme ${index}` });
  }
  await updateOrganization(testCtx(system, tenants.globex, "owner"), { name: "Globex Europe" });
});
afterAll(() => store.close());
const owner = () => testCtx(system, tenants.acme, "owner");

test("pages hold the organization's own records, newest first, and stay put while new ones come", async () => {
  const first = await listAuditLog(owner(), { pageSize: 10 });
  expect(first).toMatchObject({ page: 1, pageSize: 10, total: 25, totalIsCapped: false });
  expect(first.data.map(({ after }) => (after as { name: string }).name)).toEqual(
    Array.from({ length: 10 }, (_, index) => `Acme ${24 - index}`),
  );
  expect(first.data[0]).toMatchObject({
    actor: `user:${tenants.acme.users.owner.id}`,
    actorName: "Acme owner",
    action: "organization.update",
  });
  clock.advance(1_000);
  await createApiToken(owner(), { name: "later", scopes: ["logs:read"] });
  const second = await listAuditLog(owner(), { page: 2, pageSize: 10, asOf: first.asOf });
  const third = await listAuditLog(owner(), { page: 3, pageSize: 10, asOf: first.asOf });
  const ids = [first, second, third].flatMap(({ data }) => data.map(({ id }) => id));
  expect(new Set(ids).size).toBe(25);
  expect(third).toMatchObject({ total: 25, nextCursor: null });
  expect((await listAuditLog(owner(), { pageSize: 10 })).total).toBe(26);
});

test("a cursor walks everything once; one that is not ours is refused", async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAuditLog(owner(), { pageSize: 7, ...(cursor ? { cursor } : {}) });
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toHaveLength(26);
  expect([...seen].sort().reverse()).toEqual(seen);
  await expect(listAuditLog(owner(), { cursor: "nonsense" })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [{ path: "cursor" }],
  });
});

test("a page beyond the end is empty, and one far beyond costs nothing", async () => {
  for (const page of [100, 1_000_000_000]) {
    expect(await listAuditLog(owner(), { page })).toMatchObject({ data: [], nextCursor: null, total: 26 });
  }
});

test("records cannot be changed or deleted, and a write whose record fails does not happen", async () => {
  await expect(system.database.db.delete(auditLog)).rejects.toThrow();
  const impossible = { ...owner(), ids: { ...system.ids, uuid: () => "not a uuid" } };
  await expect(updateOrganization(impossible, { name: "Unrecorded" })).rejects.toThrow();
  const names = (await listAuditLog(owner(), {})).data.map(
    ({ after }) => (after as { name?: string } | null)?.name,
  );
  expect(names).not.toContain("Unrecorded");
});
