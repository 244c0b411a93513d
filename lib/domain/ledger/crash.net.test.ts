import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lane, openLane, runCrashes } from "#lib/testing/ledger-crash/run-crashes.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";

const LANES = 3;

let databases: TestDatabase[];
let lanes: Lane[];
beforeAll(async () => {
  databases = await Promise.all(Array.from({ length: LANES }, () => testDatabase()));
  lanes = databases.map(({ url }) => openLane(url));
});
afterAll(async () => {
  for (const lane of lanes) await lane.close();
  for (const database of databases) await database.close();
});

/** `npm run fuzz:ledger -- --crashes` dies at all of them. */
test("a process may die at any statement that moves money: all of it happened or nothing, and whoever goes on ends in the same books", async () => {
  const { failpoints, failures } = await runCrashes(lanes, false);
  expect(failures).toEqual([]);
  const names = failpoints.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(25);
  expect(names).toContain("settle/commit/in flight");
}, 300_000);
