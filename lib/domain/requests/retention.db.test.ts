import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servers } from "#drizzle/schema/index.ts";
import { LOG_LEVELS } from "#lib/contract/index.ts";
import { ensurePartitions } from "#lib/db/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import {
  createTenants,
  fakeClock,
  type Tenants,
  type TestDatabase,
  testCtx,
  testDatabase,
  testSystem,
} from "#lib/testing/index.ts";
import { requestFact } from "#lib/testing/request-fact.ts";
import {
  deleteExpiredFacts,
  getLogStorage,
  type RequestFact,
  writeConsoleFacts,
  writeRequestFacts,
} from "./index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const clock = fakeClock(Date.parse("2026-03-10T12:34:56.789Z"));
const ids = createIdSource(() => clock.nowMs());
let store: TestDatabase;
let tenants: Tenants;

beforeAll(async () => {
  store = await testDatabase();
  tenants = await createTenants(store.database);
  await ensurePartitions(store.database.sql, clock.nowMs() - 10 * DAY_MS, 9);
});
afterAll(() => store.close());

const system = () => testSystem({ database: store.database, clock });

async function makeServer(retentionDays: number): Promise<string> {
  const id = ids.id("srv");
  await store.database.db.insert(servers).values({
    id,
    organizationId: tenants.acme.id,
    slug: `s-${id.slice(-12)}`,
    name: "Support",
    kind: "hosted",
    retentionDays,
  });
  return id;
}

async function write(serverId: string, calls: readonly { agoMs: number; level: number }[]): Promise<void> {
  await writeConsoleFacts(
    store.database,
    calls.map(({ agoMs, level }, seq) => {
      const timestampMs = clock.nowMs() - agoMs;
      return {
        id: ids.uuid(timestampMs),
        organizationId: tenants.acme.id,
        serverId,
        versionId: null,
        requestId: null,
        epoch: "e",
        seq,
        timestampMs,
        level: LOG_LEVELS[level] ?? "info",
        method: "log" as const,
        message: "hello",
        truncated: false,
        bytes: 5,
        retentionDays: 90,
      };
    }),
  );
  const facts = calls.map(({ agoMs, level }): RequestFact => {
    const id = ids.uuid(clock.nowMs() - agoMs);
    return requestFact({
      id,
      organizationId: tenants.acme.id,
      serverId,
      outcome: level > 2 ? "tool_error" : "ok",
      era: null,
      tool: "t",
      durationMs: 1,
      requestBytes: 1,
      responseBytes: 1,
      retentionDays: 90,
    });
  });
  await writeRequestFacts(store.database, { region: "r", node: "n", facts });
}

/** Counts and rows of every server, log, span and level: they must be the same. */
const counted = () => store.database.sql`
  select server_id, log, span_minutes::int, start::text, level::int, rows::int as n from log_counts
  where rows <> 0 order by 1, 2, 3, 4, 5`;
const stored = () => store.database.sql`
  select server_id, log, span as span_minutes,
    date_bin(span * interval '1 minute', at, timestamptz '2000-01-01 00:00:00+00')::timestamptz(3)::text as start,
    level::int, count(*)::int as n
  from (
    select server_id, 'console' as log, level, id from console_log
    union all select server_id, 'requests', level, id from request_log
  ) rows
  cross join lateral (select to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) as at) t
  cross join unnest(array[15, 60, 1440]) span
  group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`;

const call = fc.record({
  agoMs: fc.oneof(
    fc.integer({ min: 0, max: 8 * DAY_MS }),
    // Around the hour and the day in which a retention of one or seven days ends.
    fc.integer({ min: DAY_MS - 2 * HOUR_MS, max: DAY_MS + 2 * HOUR_MS }),
    fc.integer({ min: 7 * DAY_MS - 2 * HOUR_MS, max: 7 * DAY_MS + 2 * HOUR_MS }),
  ),
  level: fc.integer({ min: 0, max: 3 }),
});

test("whatever expires, counts of every span are those of the rows that stay", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(0, 1, 7, 30), fc.array(call, { maxLength: 12 })), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.integer({ min: 0, max: 30 * HOUR_MS }),
      async (plan, laterMs) => {
        for (const [retentionDays, calls] of plan) {
          const id = await makeServer(retentionDays);
          if (calls.length > 0) await write(id, calls);
        }
        expect(await counted()).toEqual(await stored());
        await deleteExpiredFacts(system());
        expect(await counted()).toEqual(await stored());
        clock.advance(laterMs);
        await deleteExpiredFacts(system());
        expect(await counted()).toEqual(await stored());
      },
    ),
    { numRuns: 12 },
  );
});

test("a deleted server's rows go, and a day that no server keeps is dropped as a whole", async () => {
  const { sql } = store.database;
  await sql`update servers set deleted_at = now()`;
  await deleteExpiredFacts(system());
  expect((await sql`select 1 from console_log union all select 1 from request_log`).length).toBe(0);
  expect((await sql`select 1 from log_counts where rows <> 0`).length).toBe(0);
  const days = () =>
    sql<
      { relname: string }[]
    >`select relname from pg_class where relname ~ '^console_log_[0-9]{8}$' order by 1`;
  await ensurePartitions(sql, clock.nowMs() - 3 * DAY_MS, 3);
  const keeper = await makeServer(1);
  await write(keeper, [
    { agoMs: 2 * DAY_MS, level: 1 },
    { agoMs: HOUR_MS, level: 1 },
  ]);
  // Left behind by a process that died between detaching and dropping.
  const [first] = await days();
  await sql.unsafe(`alter table console_log detach partition "${first?.relname}"`);
  const { partitions } = await deleteExpiredFacts(system());
  expect(partitions).toBeGreaterThanOrEqual(4);
  const names = (await days()).map(({ relname }) => relname);
  expect(names).not.toContain(first?.relname);
  const day = new Date(clock.nowMs() - DAY_MS).toISOString().slice(0, 10).replaceAll("-", "");
  expect(names).toContain(`console_log_${day}`);
  expect(await counted()).toEqual(await stored());
  expect((await stored()).length).toBeGreaterThan(0);
});

test("the day under way is never dropped, also in its last hour and when no server keeps anything", async () => {
  const { sql } = store.database;
  await sql`update servers set deleted_at = now()`;
  clock.advance(DAY_MS - (clock.nowMs() % DAY_MS) + DAY_MS - HOUR_MS / 2);
  await makeServer(0);
  await ensurePartitions(sql, clock.nowMs(), 1);
  await deleteExpiredFacts(system());
  expect(await ensurePartitions(sql, clock.nowMs(), 1)).toEqual([]);
});

test("storage says what one server's logs take, and nothing of another organization's", async () => {
  const server = await makeServer(7);
  await write(server, [
    { agoMs: HOUR_MS, level: 1 },
    { agoMs: 2 * HOUR_MS, level: 3 },
  ]);
  const storage = await getLogStorage(testCtx(system(), tenants.acme, "viewer"), { server });
  expect(storage).toMatchObject({ retentionDays: 7, retentionDaysMax: 90, isEstimate: true });
  const console = storage.logs.find(({ log }) => log === "console");
  expect(console).toMatchObject({ rows: 2 });
  expect(console?.bytes).toBeGreaterThan(0);
  expect(Date.parse(console?.oldest ?? "")).toBeLessThanOrEqual(clock.nowMs() - 2 * HOUR_MS);
  expect(storage.logs.find(({ log }) => log === "upstream")).toMatchObject({
    rows: 0,
    bytes: 0,
    oldest: null,
  });
  await expect(getLogStorage(testCtx(system(), tenants.globex, "owner"), { server })).rejects.toMatchObject({
    code: "not_found",
  });
});
