import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import { createRollupNames, deleteExpiredFacts, type RequestFact, writeRequestFacts } from "./index.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-03-10T12:34:56.789Z");
const ids = createIdSource(() => NOW_MS);
let store: TestDatabase;
let tenants: Tenants;
beforeAll(async () => {
  store = await testDatabase({ connectionsMax: 8 });
  tenants = await createTenants(store.database);
});
afterAll(() => store.close());

const FREE = ["zero_rated:denied", "zero_rated:test", "zero_rated:platform_fault", null] as const;

/** A call that costs `micros`; null is one of the free ones. */
const called = (
  serverId: string,
  { micros, ...over }: Partial<RequestFact> & { micros: bigint | null },
  atMs = NOW_MS,
): RequestFact =>
  requestFact({
    id: ids.uuid(atMs),
    organizationId: tenants.acme.id,
    serverId,
    billing:
      micros === null
        ? { verdict: FREE[serverId.charCodeAt(5) % 4] ?? "zero_rated:unpriced", charge: null }
        : {
            verdict: "billed",
            charge: {
              amountMicros: String(micros),
              units: { calls: 1, hundredMs: 1, kib64: 1 },
              priceVersion: "metered@1",
              leases: { organization: null, agent: null, user: null, session: null },
            },
          },
    ...over,
  });

const write = (facts: readonly RequestFact[], options: Parameters<typeof writeRequestFacts>[2] = {}) =>
  writeRequestFacts(
    store.database,
    { facts, region: "eu-1", node: "node-1" },
    { nowMs: () => NOW_MS, ids, ...options },
  );

/** What a server's calls came to by each of the records that must agree. */
async function amounts(serverId: string) {
  const { sql } = store.database;
  const [row] = await sql<Record<string, string>[]>`
    select
      (select count(*) from request_log where server_id = ${serverId}) as rows,
      (select coalesce(sum(amount_micros), 0) from request_log where server_id = ${serverId}) as log,
      (select coalesce(sum(amount_micros), 0) from usage_events where server_id = ${serverId}) as events,
      (select coalesce(sum(amount_micros), 0) from spend_rollup where server_id = ${serverId}) as spent,
      (select coalesce(sum(events), 0) from spend_rollup where server_id = ${serverId}) as billed_calls,
      (select coalesce(sum(calls), 0) from usage_rollup where server_id = ${serverId}) as calls,
      (select coalesce(sum(-t.amount_micros), 0) from ledger_txs t
        where exists (select 1 from usage_events e where e.tx_id = t.id and e.server_id = ${serverId})) as ledger,
      (select coalesce(sum(e.amount_micros), 0) from ledger_entries e
        where e.kind = 'consumed' and exists (select 1 from usage_events u where u.tx_id = e.tx_id and u.server_id = ${serverId})) as consumed`;
  return row ?? {};
}

describe("what calls cost", () => {
  const amount = fc.option(fc.bigInt({ min: 0n, max: 5_000n }), { nil: null });

  test("is the same in log, events, rollup and ledger, whatever is written again, in whatever grouping, by whom", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(amount, fc.boolean(), fc.nat(3)), { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 5 }),
        async (made, parts) => {
          const serverId = ids.id("srv");
          const facts = made.map(([micros, isKept, day]) =>
            called(serverId, { micros, retentionDays: isKept ? 7 : 0 }, NOW_MS - day * DAY_MS),
          );
          // Some parts at once, as two edges that found the same spool would.
          await Promise.all(
            parts.map(([from, to]) => write(facts.slice(Math.min(from, to), Math.max(from, to)).reverse())),
          );
          await write(facts);
          await write(facts.toReversed());
          const total = made.reduce((sum, [micros]) => sum + (micros ?? 0n), 0n);
          const kept = made.reduce((sum, [micros, isKept]) => sum + (isKept ? (micros ?? 0n) : 0n), 0n);
          expect(await amounts(serverId)).toEqual({
            rows: String(made.filter(([, isKept]) => isKept).length),
            log: String(kept),
            events: String(total),
            spent: String(total),
            billed_calls: String(made.filter(([micros]) => micros !== null).length),
            calls: String(made.length),
            ledger: expect.any(String),
            consumed: String(total),
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  test("is billed once, ever: also when the rows and the memory of what was counted are long gone", async () => {
    const serverId = ids.id("srv");
    const facts = [
      called(serverId, { micros: 100n }),
      called(serverId, { micros: 30n, retentionDays: 0 }),
      called(serverId, { micros: null, retentionDays: 0 }),
    ];
    await write(facts);
    const before = await amounts(serverId);
    const later = NOW_MS + 100 * DAY_MS;
    await deleteExpiredFacts(testSystem({ database: store.database, clock: fakeClock(later) }));
    await write(facts.slice(0, 2), { nowMs: () => later });
    const after = await amounts(serverId);
    expect(after).toEqual({ ...before, rows: "0", log: "0" });
    expect(after.events).toBe("130");
    expect(after.calls).toBe("3");
  });

  test("is kept to the micro beyond what a JavaScript number holds", async () => {
    const serverId = ids.id("srv");
    await write([called(serverId, { micros: 900_719_925_474_099_3n % 1_000_000_000n })]);
    expect((await amounts(serverId)).events).toBe("254740993");
  });

  test("the log keeps who the agent worked for, cut, and the verdict of free calls", async () => {
    const serverId = ids.id("srv");
    const spoken = called(serverId, {
      micros: 1n,
      agentId: ids.id("agt"),
      endUser: `u\0${"x".repeat(500)}`,
      agentSession: "s-1",
    });
    await write([
      spoken,
      called(serverId, { micros: null, billing: { verdict: "zero_rated:denied", charge: null } }),
      called(serverId, { micros: null, billing: null, method: "tools/list" }),
    ]);
    const rows = await store.database.sql`
      select left(end_user, 2) as user, length(end_user)::int as length, agent_session, billing, amount_micros
      from request_log where server_id = ${serverId} order by id`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { user: "u\u2400", length: 200, agent_session: "s-1", billing: "billed", amount_micros: "1" },
      { user: null, length: null, agent_session: null, billing: "zero_rated:denied", amount_micros: null },
      { user: null, length: null, agent_session: null, billing: null, amount_micros: null },
    ]);
    expect((await amounts(serverId)).calls).toBe("2");
  });

  test("a charge that the ledger refuses is nobody's, holds up no other, and is told", async () => {
    const serverId = ids.id("srv");
    const bad = called(serverId, { micros: -5n });
    const told: string[] = [];
    await write([bad, called(serverId, { micros: 7n })], {
      onRefused: (refused) => told.push(...refused.map(({ id }) => id)),
    });
    expect(told).toEqual([bad.id]);
    expect(await amounts(serverId)).toMatchObject({
      rows: "2",
      log: "7",
      events: "7",
      spent: "7",
      calls: "2",
    });
  });

  test("a failing ledger leaves nothing behind: rows, counts and money are one transaction", async () => {
    const serverId = ids.id("srv");
    const fact = called(serverId, { micros: 9n });
    await expect(write([fact], { ids: { uuid: () => "no uuid" } })).rejects.toThrow();
    expect(await amounts(serverId)).toMatchObject({ rows: "0", calls: "0", events: "0", spent: "0" });
    await write([fact]);
    expect(await amounts(serverId)).toMatchObject({ rows: "1", calls: "1", events: "9", spent: "9" });
  });
});

test("clients that call themselves something else each time cannot grow the counts without bound", async () => {
  const serverId = ids.id("srv");
  const facts = Array.from({ length: 40 }, (_, n) =>
    called(serverId, { micros: 2n, clientName: `client-${n}`, tool: `tool-${n}` }),
  );
  await write(facts, { names: createRollupNames({ toolsPerServerMax: 5, clientsPerOrganizationMax: 3 }) });
  for (const table of ["usage_rollup", "spend_rollup"]) {
    const rows = await store.database.sql<{ tool: string; client: string }[]>`
      select distinct tool, client from ${store.database.sql(table)} where server_id = ${serverId}`;
    expect(new Set(rows.map(({ tool }) => tool)).size).toBe(6);
    expect(new Set(rows.map(({ client }) => client)).size).toBe(4);
    expect(rows.some(({ tool, client }) => tool === OTHER_NAMES && client === OTHER_NAMES)).toBe(true);
  }
  expect(limits.requests.rollupClientsPerOrganizationMax).toBeLessThan(1_000);
});
