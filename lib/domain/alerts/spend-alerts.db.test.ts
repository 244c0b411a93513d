import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction } from "#lib/db/transaction.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { createTestOrganization, fakeClock, testDatabase, testSystem } from "#lib/testing/index.ts";
import { addCredits, recordExternalUsage } from "../ledger/index.ts";
import { raiseSpendAlerts } from "./spend-alerts.ts";

const ids = createIdSource();
const clock = fakeClock(Date.parse("2026-11-20T10:20:00.000Z"));
let db: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const posting = () => {
  const nowMs = clock.nowMs();
  return { nowMs, newId: () => ids.uuid(nowMs) };
};

test("credits that are used up within the hour they came in are told of, and new ones begin anew", async () => {
  const { id } = await createTestOrganization(
    db.database,
    `spent-${crypto.randomUUID().slice(0, 8)}`,
    "Spent",
  );
  const grant = (amountMicros: bigint) =>
    inTransaction(db.database.db, (tx) =>
      addCredits(
        tx,
        {
          organizationId: id,
          kind: "manual",
          amountMicros,
          priority: 50,
          expiresAtMs: null,
          paymentId: null,
          reason: "test",
          actor: "test",
          idemKey: ids.uuid(),
        },
        posting(),
      ),
    );
  const spend = (amountMicros: bigint) =>
    inTransaction(db.database.db, (tx) =>
      recordExternalUsage(
        tx,
        {
          organizationId: id,
          agentId: "agt_spender",
          actor: "test",
          events: [
            {
              eventId: ids.uuid(),
              amountMicros,
              occurredAtMs: clock.nowMs(),
              description: "",
              endUser: null,
              session: null,
            },
          ],
        },
        posting(),
      ),
    );
  const told = async (): Promise<number[]> => {
    await raiseSpendAlerts(testSystem({ database: db.database, clock }));
    const rows = await db.database.sql<{ threshold: number }[]>`
      select threshold from alerts where organization_id = ${id} and rule = 'credits_used' order by threshold, period_start`;
    return rows.map(({ threshold }) => threshold);
  };

  await grant(1_000n);
  clock.advance(60_000);
  await spend(600n);
  expect(await told()).toEqual([50]);
  clock.advance(60_000);
  await spend(400n);
  expect(await told()).toEqual([50, 80, 95, 100]);
  clock.advance(60_000);
  await grant(1_000n);
  clock.advance(60_000);
  await spend(499n);
  expect(await told()).toEqual([50, 80, 95, 100]);
  await spend(1n);
  expect(await told()).toEqual([50, 50, 80, 95, 100]);
});
