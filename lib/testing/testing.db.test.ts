import { afterAll, beforeAll, expect, it } from "vitest";
import { organizations } from "#drizzle/schema/index.ts";
import { createTenants, type TestDatabase, testCtx, testDatabase, testSystem } from "./index.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await testDatabase();
});
afterAll(() => own.close());

it("gives every suite a migrated database of its own", async () => {
  const other = await testDatabase();
  await createTenants(own.database);
  expect(await own.database.db.select().from(organizations)).toHaveLength(2);
  expect(await other.database.db.select().from(organizations)).toEqual([]);
  await other.close();
});

it("makes contexts that hold what the role may do, and no more", async () => {
  const { database, close } = await testDatabase();
  const { acme, globex } = await createTenants(database);
  const system = testSystem({ database });
  expect(testCtx(system, acme, "viewer").scopes.has("servers:write")).toBe(false);
  expect(testCtx(system, globex, "owner").scopes.has("servers:write")).toBe(true);
  expect(() => system.doors.internalMcp("x", "smoke")).toThrow(/did not expect/);
  await close();
});
