import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sequence } from "#lib/testing/ledger-model/commands.ts";
import { countingIds, insertPrices, openLooking, runSequence } from "#lib/testing/ledger-model/model-run.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";

/** Each lane has a database, since jobs work on all organizations. */
const LANES = 4;
const SEQUENCES = 520;

let lanes: { db: TestDatabase; looking: ReturnType<typeof openLooking> }[];
beforeAll(async () => {
  lanes = await Promise.all(
    Array.from({ length: LANES }, async () => {
      const db = await testDatabase();
      await insertPrices(db.database);
      return { db, looking: openLooking(db.url) };
    }),
  );
});
afterAll(async () => {
  for (const { db, looking } of lanes) {
    await looking.end({ timeout: 1 });
    await db.close();
  }
});

test("the books do what the model says and keep every promise, whatever happens in whatever order", async () => {
  const runs = await Promise.all(
    lanes.map(({ db, looking }) => {
      const ids = countingIds();
      return fc.check(
        fc.asyncProperty(sequence, (commands) => runSequence(db.database, looking, ids, commands)),
        { numRuns: SEQUENCES / LANES },
      );
    }),
  );
  for (const run of runs) {
    expect(run.failed ? `${fc.defaultReportMessage(run)}\n${String(run.errorInstance)}` : null).toBeNull();
  }
}, 300_000);
