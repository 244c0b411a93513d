import type { Sql } from "postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";
import { ensurePartitions } from "./partitions.ts";
import { indexClosedDays, summarizeStoreOrder } from "./text-indexes.ts";

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2031, 4, 10, 12);
const ids = createIdSource(() => NOON);
let test: TestDatabase;
let sql: Sql;
beforeEach(async () => {
  test = await testDatabase();
  sql = test.database.sql;
});
afterEach(() => test.close());

/** The text indexes that are there, whole or not. */
const indexes = async (): Promise<string[]> =>
  (
    await sql<{ name: string }[]>`
      select c.relname || case when i.indisvalid then '' else ' (invalid)' end as name
      from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname ~ '_text$' order by 1`
  ).map(({ name }) => name);

async function dropTodaysPartitions(): Promise<void> {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relkind = 'r' and relname ~ '^(console|request)_log_[0-9]{8}$'`;
  for (const { name } of rows) await sql.unsafe(`drop table "${name}"`);
}

it("closed days get their text index, the newest first and one at a time; the day under way never does", async () => {
  await dropTodaysPartitions();
  await ensurePartitions(sql, NOON - 2 * DAY_MS, 2);
  const made: string[] = [];
  for (;;) {
    const day = await indexClosedDays(sql, NOON);
    if (day.made === null) {
      expect(day.reason).toBe("all_indexed");
      break;
    }
    made.push(day.made);
  }
  expect(made.map((name) => name.replace(/^(console|request)_log_/, ""))).toEqual([
    "20310509_text",
    "20310509_text",
    "20310508_text",
    "20310508_text",
  ]);
  expect(await indexes()).toHaveLength(4);
  const midnight = Date.UTC(2031, 4, 11);
  expect(await indexClosedDays(sql, midnight + limits.storage.closedAfterMs - 1)).toMatchObject({
    made: null,
  });
  expect(await indexClosedDays(sql, midnight + limits.storage.closedAfterMs)).toMatchObject({
    made: expect.stringContaining("20310510"),
  });
});

it("an index that a dead process left half made is made anew", async () => {
  await dropTodaysPartitions();
  await ensurePartitions(sql, NOON - DAY_MS, 0);
  await indexClosedDays(sql, NOON);
  await indexClosedDays(sql, NOON);
  await sql`update pg_index set indisvalid = false where indexrelid = 'console_log_20310509_text'::regclass`;
  expect(await indexes()).toContain("console_log_20310509_text (invalid)");
  expect(await indexClosedDays(sql, NOON)).toMatchObject({ made: "console_log_20310509_text" });
  expect(await indexes()).toEqual(["console_log_20310509_text", "request_log_20310509_text"]);
});

it("a search for text in a closed day is led by its index", async () => {
  await dropTodaysPartitions();
  await ensurePartitions(sql, NOON - DAY_MS, 0);
  const rows = Array.from({ length: 20_000 }, (_, index) => index);
  await sql`insert into console_log (id, organization_id, server_id, epoch, seq, level, method, message, bytes)
    select u.id, 'org', 'srv', 'e', u.seq, 1, 'log', 'order ' || u.seq || ' of customer ' || md5(u.seq::text), 5
    from unnest(${rows.map((index) => ids.uuid(NOON - DAY_MS + index))}::uuid[], ${rows}::int[]) u(id, seq)`;
  await indexClosedDays(sql, NOON);
  await indexClosedDays(sql, NOON);
  await sql`analyze console_log`;
  const plan = await sql<{ "QUERY PLAN": string }[]>`explain select id from console_log
    where server_id = 'srv' and message ilike '%c81e728d9d4c2f63%' order by id desc limit 50`;
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("console_log_20310509_text");
});

it("the order of storing is summarized where rows arrive, and gives way to whoever holds the table", async () => {
  await ensurePartitions(sql, NOON, 0);
  // More than the 128 pages of the first range, which is there from the beginning.
  const many = Array.from({ length: 3_000 }, () => ids.uuid(NOON));
  await sql`insert into console_log (id, organization_id, server_id, epoch, seq, level, method, message, bytes)
    select id, 'org', 'srv', 'e', 1, 1, 'log', repeat('x', 1000), 1000 from unnest(${many}::uuid[]) u(id)`;
  expect(await summarizeStoreOrder(sql, NOON)).toBeGreaterThan(0);
  expect(await summarizeStoreOrder(sql, NOON)).toBe(0);
  await sql.begin(async (tx) => {
    await tx`lock table console_log_20310510 in share update exclusive mode`;
    expect(await summarizeStoreOrder(sql, NOON)).toBe(0);
  });
});
