import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { type FakeClock, fakeClock } from "#lib/testing/fake-clock.ts";
import { CREDITS, ledgerFixture } from "#lib/testing/ledger-fixture.ts";
import { createTestOrganization, type TestOrganization } from "#lib/testing/tenants.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";
import { agentScope, balances, reconcile, reconcileAll } from "./index.ts";

let test: TestDatabase;
let acme: TestOrganization;
let clock: FakeClock;
let books: ReturnType<typeof ledgerFixture>;
let serial = 0;

beforeAll(async () => {
  test = await testDatabase();
  await test.database.sql`
    insert into plan_versions (plan, version, name, caps, per_call_micros, per_100ms_micros, per_64kib_micros, effective_at)
    values ('test', 1, 'Test', '{}', 10, 5, 7, '2026-01-01')`;
});
afterAll(() => test.close());

/** Books in which everything has happened once: a grant, a lease, a billed call, a call that is owed. */
beforeEach(async () => {
  serial += 1;
  acme = await createTestOrganization(test.database, `acme-${serial}`, "Acme");
  clock = fakeClock();
  books = ledgerFixture(test, acme.id, clock);
  await books.grant(100n);
  const agentId = await books.agent({ monthlyCapMicros: 1_000n });
  const taken = await books.take([agentScope(agentId), CREDITS], { agentId, need: 30n });
  if (!taken.ok) throw new Error("refused");
  const [organization = null, agent = null] = taken.grants.map(({ leaseId }) => leaseId);
  await books.settle([books.call(10n, { agentId, leases: { organization, agent } })]);
});

const drifting = async (isFull: boolean) => {
  const { checks, status } = await reconcile(test.database, acme.id, clock.nowMs(), { isFull });
  const ids = checks.filter((check) => check.status === "drift").map(({ id }) => id);
  expect(status).toBe(ids.length === 0 ? "balanced" : "drift");
  return ids;
};

/** Somebody with all rights changes rows behind the ledger's back. */
const tamper = async (statement: string) => {
  await test.database.sql.begin(async (sql) => {
    await sql.unsafe("set local session_replication_role = replica");
    await sql.unsafe(
      statement.replaceAll("ORG_ID", acme.id).replaceAll("ORG", `organization_id = '${acme.id}'`),
    );
  });
};

it("finds balanced books balanced, and knows its fourteen promises", async () => {
  const found = await reconcile(test.database, acme.id, clock.nowMs());
  expect(found).toMatchObject({ status: "balanced", driftMicros: "0" });
  expect(found.checks.map(({ id }) => id)).toEqual(Array.from({ length: 14 }, (_, index) => `I${index + 1}`));
  expect(found.checks.every(({ promise }) => promise.endsWith("."))).toBe(true);
});

const PLANTED: [what: string, statement: string, ids: string[]][] = [
  [
    "a changed balance",
    "update ledger_accounts set balance_micros = balance_micros + 1 where ORG and kind = 'available'",
    ["I2", "I3", "I6"],
  ],
  [
    "a changed entry",
    "update ledger_entries set amount_micros = amount_micros + 1 where ORG and kind = 'consumed'",
    ["I1", "I3", "I13", "I14"],
  ],
  ["a lost entry", "delete from ledger_entries where ORG and kind = 'consumed'", ["I1", "I3", "I13", "I14"]],
  [
    "money held for no lease",
    "update leases set amount_micros = amount_micros - 1 where ORG and scope_kind = 'organization'",
    ["I5"],
  ],
  [
    "a budget that counts no lease",
    "update budget_spend set leased_micros = leased_micros - 1 where ORG and scope_kind = 'agent'",
    ["I5"],
  ],
  [
    "a grant with more left",
    "update credit_grants set remaining_micros = remaining_micros + 1 where ORG",
    ["I6", "I12"],
  ],
  [
    "a use of credits that nobody took",
    "update grant_uses set amount_micros = amount_micros + 1 where ORG",
    ["I12"],
  ],
  ["an event that is gone", "delete from usage_events where ORG", ["I13", "I14"]],
  [
    "an hour that counts more",
    "update spend_rollup set amount_micros = amount_micros + 1 where ORG",
    ["I13"],
  ],
  ["a debit at another price", "update usage_events set hundred_ms_units = 1 where ORG", ["I14"]],
  ["a lost hash of a key", "update ledger_txs set idem_hash = '' where ORG and type = 'usage'", ["I11"]],
  [
    "a billed call without an event",
    `insert into request_log (id, organization_id, server_id, request_id, level, outcome, kind, method, source, region, node, http_status,
      duration_ms, request_bytes, response_bytes, billing, amount_micros)
     select ('019ca93d-e940-7000-8000-00000000000' || n)::uuid, 'ORG_ID', 'srv_1', '019ca93d-e940-7000-8000-000000000001', 1, 'ok',
       'request', 'tools/call', 'agent', 'here', 'node', 200, 1, 1, 1,
       case n when 1 then 'billed' when 2 then 'zero_rated:test' end, case n when 1 then 5 end
     from generate_series(1, 3) n`,
    ["I8"],
  ],
  [
    "a payment of which too little was clawed back",
    `insert into payments (organization_id, id, provider_ref, origin, granted_micros, target_micros, created_at, updated_at)
     select organization_id, 'pay_' || organization_id, organization_id, 'checkout', 50, 20, now(), now() from ledger_accounts
     where ORG and kind = 'held'`,
    ["I10"],
  ],
];

it.each(PLANTED)("finds %s", async (_what, statement, ids) => {
  await tamper(statement);
  expect(await drifting(false)).toEqual(expect.arrayContaining(ids));
  // It is found again until somebody corrects it.
  expect(await drifting(false)).toEqual(expect.arrayContaining(ids));
  expect(await drifting(true)).toEqual(expect.arrayContaining(ids));
});

it("a drift of grants is told, and holds up neither the calls of its organization nor those of others", async () => {
  const other = await createTestOrganization(test.database, `other-${serial}`, "Other");
  const others = ledgerFixture(test, other.id, clock);
  await others.grant(500n);
  await tamper("update credit_grants set remaining_micros = 3 where ORG");
  const before = await balances(test.database.sql, acme.id, clock.nowMs());
  expect((await books.settle([books.call(10n), others.call(20n)])).settled).toBe(2);
  const after = await balances(test.database.sql, acme.id, clock.nowMs());
  expect(after.accounts.consumed - before.accounts.consumed).toBe(10n);
  expect((await balances(test.database.sql, other.id, clock.nowMs())).accounts.consumed).toBe(20n);
  expect(await drifting(true)).toEqual(["I6", "I12"]);
});

it("looks only at what is new, and finds a changed old row in the next full run", async () => {
  expect(await drifting(false)).toEqual([]);
  await tamper("update ledger_txs set reason = 'nicer' where ORG");
  await books.settle([books.call(10n)]);
  const { checks } = await reconcile(test.database, acme.id, clock.nowMs());
  expect(checks.find(({ id }) => id === "I1")).toMatchObject({ status: "balanced", checked: 1 });
  expect(await drifting(false)).toEqual([]);
  expect(await drifting(true)).toEqual(["I9"]);
});

it("says that a guard is off", async () => {
  const { sql } = test.database;
  await sql`alter table ledger_entries disable trigger ledger_entries_never_change`;
  expect(await drifting(false)).toEqual(["I9"]);
  await sql`alter table ledger_entries enable trigger ledger_entries_never_change`;
  expect(await drifting(false)).toEqual([]);
});

it("reconciles all books, fully once a day, keeps the last runs, and repairs nothing", async () => {
  const other = await createTestOrganization(test.database, `other-${serial}`, "Other");
  await ledgerFixture(test, other.id, clock).grant(5n);
  await tamper("update credit_grants set remaining_micros = remaining_micros + 1 where ORG");
  const first = await reconcileAll(test.database, clock.nowMs());
  expect(first.checked).toBeGreaterThanOrEqual(2);
  expect(first.withDrift).toBeGreaterThanOrEqual(1);
  expect(await drifting(false)).toContain("I6");
  await tamper("update credit_grants set remaining_micros = remaining_micros - 1 where ORG");
  await reconcileAll(test.database, clock.nowMs());
  const { sql } = test.database;
  await sql`
    insert into reconciliation_runs (organization_id, id, started_at, duration_ms, status, drift_micros, checks)
    select ${acme.id}, gen_random_uuid(), now(), 1, 'drift', 0, '[]' from generate_series(1, ${limits.money.reconcileRunsKept})`;
  await reconcileAll(test.database, clock.nowMs());
  const [runs] = await sql<{ kept: number; marked: number }[]>`
    select count(*)::int as kept, count(watermark)::int as marked from reconciliation_runs
    where organization_id = ${acme.id}`;
  expect(runs?.kept).toBeLessThanOrEqual(limits.money.reconcileRunsKept + 1);
  expect(runs?.marked).toBeGreaterThanOrEqual(1);
});
