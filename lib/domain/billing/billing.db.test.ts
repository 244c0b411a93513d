import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction } from "#lib/db/transaction.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  createTestOrganization,
  fakeClock,
  type TestOrganization,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { adjust, reconcile, recordExternalUsage, settleUsage } from "../ledger/index.ts";
import {
  explainCredits,
  exportLedger,
  getCreditSummary,
  getForecast,
  getLedgerTx,
  grantCredits,
  listCreditGrants,
  listLedger,
  listStatements,
  runReconciliation,
} from "./index.ts";

const HUGE = 9007199254740993n;
const HOUR_MS = 3_600_000;
const ids = createIdSource();
let db: Awaited<ReturnType<typeof testDatabase>>;
let acme: TestOrganization;
let globex: TestOrganization;
const clock = fakeClock(Date.parse("2026-11-30T20:00:00.000Z"));
const startMs = clock.nowMs();

beforeAll(async () => {
  db = await testDatabase();
  acme = await createTestOrganization(db.database, "acme", "Acme");
  globex = await createTestOrganization(db.database, "globex", "Globex");
});
afterAll(() => db.close());

const owner = (organization = acme) =>
  testCtx(testSystem({ database: db.database, clock }), organization, "owner");

/** Calls of `tool` that arrive now and take so many units of 100 ms: 110 micros and 5 for each of these. */
async function call(organization: TestOrganization, tool: string, units: readonly number[]) {
  const nowMs = clock.nowMs();
  await db.database.sql.begin((sql) =>
    settleUsage(
      sql,
      units.map((hundredMs) => ({
        id: ids.uuid(nowMs),
        organizationId: organization.id,
        requestId: ids.uuid(nowMs),
        serverId: "srv_1",
        tool,
        agentId: null,
        client: "test",
        source: "external",
        region: "test",
        outcome: "ok",
        endUser: null,
        agentSession: null,
        occurredAtMs: nowMs,
        charge: {
          amountMicros: String(110 + 5 * hundredMs),
          units: { calls: 1, hundredMs, kib64: 1 },
          priceVersion: "metered@1",
          leases: { organization: null, agent: null, user: null, session: null },
        },
      })),
      { nowMs, node: "test", newId: () => ids.uuid(nowMs) },
    ),
  );
}

const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, one) => total + BigInt(one), 0n);

test("an amount beyond what a JavaScript number holds survives the grant, the summary, the ledger and the file", async () => {
  await grantCredits(owner(), { amountMicros: String(HUGE), reason: "=Pilot" });
  const summary = await getCreditSummary(owner(), {});
  expect(summary).toMatchObject({
    availableMicros: String(HUGE),
    balanceMicros: String(HUGE),
    debtMicros: "0",
  });
  const page = await listLedger(owner(), {});
  expect(page.data[0]).toMatchObject({ type: "grant", category: "adjustments", amountMicros: String(HUGE) });
  const file = await exportLedger(owner(), {});
  const text = (await Array.fromAsync(file.chunks)).join("");
  expect(file.total).toBe(page.total);
  expect(text).toContain(`"${HUGE}","9007199254.740993"`);
  expect(text).toContain(`"'=Pilot"`);
  expect((await listCreditGrants(owner(), {}))[0]?.remainingMicros).toBe(String(HUGE));
});

test("bad amounts and expiries are refused, and nobody else's credits are seen", async () => {
  for (const amountMicros of ["0", "-1", "1.5", "NaN", "99999999999999999999", "10000000000000001"])
    await expect(grantCredits(owner(), { amountMicros, reason: "Pilot" })).rejects.toMatchObject({
      code: "invalid_input",
    });
  await expect(
    grantCredits(owner(), { amountMicros: "1", reason: "Pilot", expiresAt: "2020-01-01T00:00:00.000Z" }),
  ).rejects.toMatchObject({ code: "invalid_input" });
  const [tx] = (await listLedger(owner(), {})).data;
  expect((await listLedger(owner(globex), {})).total).toBe(0);
  await expect(getLedgerTx(owner(globex), { tx: tx?.id ?? "" })).rejects.toMatchObject({ code: "not_found" });
});

test("a debit leads to its calls, its entries sum to zero, and its prices are told", async () => {
  await call(acme, "search", [1, 1, 24]);
  const [debit] = (await listLedger(owner(), { category: "usage" })).data;
  expect(debit).toMatchObject({
    type: "usage",
    eventCount: 3,
    amountMicros: "-460",
    priceVersion: "metered@1",
  });
  const detail = await getLedgerTx(owner(), { tx: debit?.id ?? "" });
  expect(sum(detail.entries.map(({ amountMicros }) => amountMicros))).toBe(0n);
  expect(detail.events.map(({ amountMicros }) => amountMicros)).toEqual(["230", "115", "115"]);
  expect(detail.events[0]?.requestId).toMatch(/^req_/);
  expect(sum(detail.grants.map(({ amountMicros }) => amountMicros))).toBe(460n);
  expect(detail.prices).toEqual({ perCallMicros: "100", per100MsMicros: "5", per64KibMicros: "10" });
});

test("the reasons that are no parts add up to the change, to the micro, over months and after corrections", async () => {
  clock.advance(2 * HOUR_MS);
  await call(acme, "search", [178, 1]);
  await grantCredits(owner(), {
    amountMicros: "77",
    reason: "Soon gone",
    expiresAt: new Date(clock.nowMs() + HOUR_MS).toISOString(),
  });
  await inTransaction(db.database.db, (tx) =>
    adjust(
      tx,
      {
        organizationId: acme.id,
        amountMicros: -500n,
        reason: "Correction",
        actor: "system:test",
        idemKey: "fix",
      },
      { nowMs: clock.nowMs(), newId: () => ids.uuid(clock.nowMs()) },
    ),
  );
  clock.advance(3 * HOUR_MS);
  await call(acme, "answer", [178]);
  const explained = await explainCredits(owner(), { from: new Date(startMs + 4 * HOUR_MS).toISOString() });
  const whole = explained.reasons.filter(({ isPart }) => !isPart);
  expect(sum(whole.map(({ amountMicros }) => amountMicros))).toBe(BigInt(explained.changeMicros));
  expect(sum(whole.map(({ beforeMicros }) => beforeMicros))).toBe(BigInt(explained.changeBeforeMicros));
  expect(explained.reasons.find(({ tool }) => tool === "answer")).toMatchObject({
    amountMicros: "-1000",
    count: 1,
  });
});

test("costs elsewhere that a plan without prices covers changed no credits, and the reasons say so", async () => {
  const open = await createTestOrganization(db.database, `open-${ids.uuid(0).slice(-8)}`, "Open");
  const nowMs = clock.nowMs();
  const posting = { nowMs, newId: () => ids.uuid(nowMs) };
  await inTransaction(db.database.db, (tx) =>
    recordExternalUsage(
      tx,
      {
        organizationId: open.id,
        agentId: "agt_model",
        actor: "test",
        isCovered: true,
        events: [
          {
            eventId: "1",
            amountMicros: 5_000n,
            occurredAtMs: nowMs,
            description: "",
            endUser: null,
            session: null,
          },
        ],
      },
      posting,
    ),
  );
  clock.advance(1);
  const { changeMicros, reasons } = await explainCredits(owner(open), {});
  expect(changeMicros).toBe("0");
  expect(reasons.map(({ kind, amountMicros }) => [kind, amountMicros]).sort()).toEqual([
    ["external", "-5000"],
    ["usage_event", "5000"],
  ]);
});

test("each closing is the next opening, the last one is what there is, and every statement adds up", async () => {
  const statements = (await listStatements(owner(), {})).reverse();
  expect(statements.map(({ month, isClosed }) => [month, isClosed])).toEqual([
    ["2026-11", true],
    ["2026-12", false],
  ]);
  let opening = 0n;
  for (const one of statements) {
    expect(BigInt(one.openingMicros)).toBe(opening);
    opening =
      opening +
      BigInt(one.grantedMicros) -
      BigInt(one.usedMicros) -
      BigInt(one.expiredMicros) -
      BigInt(one.refundedMicros) +
      BigInt(one.adjustedMicros);
    expect(BigInt(one.closingMicros)).toBe(opening);
    expect(sum(one.byAgent.map(({ usedMicros }) => usedMicros)) + BigInt(one.settledElsewhereMicros)).toBe(
      BigInt(one.usedMicros),
    );
  }
  const { balanceMicros, debtMicros } = await getCreditSummary(owner(), {});
  expect(opening).toBe(BigInt(balanceMicros) - BigInt(debtMicros));
});

test("pages are pinned, their total is exact, and cursors go on where they ended", async () => {
  const first = await listLedger(owner(), { pageSize: 2 });
  clock.advance(1_000);
  await call(acme, "search", [1]);
  const second = await listLedger(owner(), { pageSize: 2, page: 2, asOf: first.asOf });
  const onward = await listLedger(owner(), { pageSize: 2, asOf: first.asOf, cursor: first.nextCursor ?? "" });
  expect(second.total).toBe(first.total);
  expect(onward.data).toEqual(second.data);
  expect(first.data.some(({ type }) => type === "lease" || type === "release")).toBe(false);
  await expect(listLedger(owner(), { cursor: "tx_no" })).rejects.toMatchObject({ code: "invalid_input" });
});

test("a window that ends before it begins is refused, not answered as an empty ledger", async () => {
  const from = new Date(startMs).toISOString();
  await expect(listLedger(owner(), { from, to: from })).rejects.toMatchObject({
    code: "invalid_input",
    errors: [expect.objectContaining({ path: "to" })],
  });
});

test("the forecast stays silent while there is too little history, and the books balance", async () => {
  expect((await getForecast(owner(), {})).state).toBe("accumulating");
  expect((await getForecast(owner(globex), {})).state).toBe("empty");
  const found = await runReconciliation(owner(), {});
  expect(found).toMatchObject({ status: "balanced", driftMicros: "0" });
  expect((await getCreditSummary(owner(), {})).reconciliation.status).toBe("balanced");
  expect((await reconcile(db.database, globex.id, clock.nowMs())).status).toBe("balanced");
});
