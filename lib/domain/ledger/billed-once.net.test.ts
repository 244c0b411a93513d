import { afterAll, beforeAll, expect, test } from "vitest";
import {
  billed,
  brokenPromises,
  deliverAll,
  openBooks,
  toBill,
} from "#lib/testing/ledger-billed-once/bill-once.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";

const HOURS_MS = 7 * 3_600_000;
const KILLS = 2;

let store: TestDatabase;
beforeAll(async () => {
  store = await testDatabase();
});
afterAll(() => store.close());

/** `npm run bench -- billed-once` does it with a million. */
test("20,000 calls that are told three times each, in any order, by a writer that is killed, are billed once, to the micro", async () => {
  const plan = { events: 20_000, times: 3, seed: 20_261_101, fromMs: Date.now() - HOURS_MS };
  await openBooks(store.database);
  const { killed } = await deliverAll(store.url, plan, { kills: KILLS, connections: 3 });
  expect(killed).toBe(KILLS);
  expect(await billed(store.database)).toEqual(toBill(plan));
  expect(await brokenPromises(store.database)).toEqual([]);
}, 300_000);
