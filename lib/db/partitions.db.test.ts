import type { Sql } from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createIdSource, encodeId, uuid7Floor } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type TestDatabase, testDatabase } from "#lib/testing/test-database.ts";
import {
  dropPartitionsBefore,
  ensurePartitions,
  hasMissedPartition,
  LOG_TABLES,
  PARTITIONED_TABLES,
} from "./partitions.ts";

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2031, 4, 10, 12);
const ids = createIdSource(() => NOON);
const organizations = [encodeId("org", ids.uuid()), encodeId("org", ids.uuid())] as const;

let test: TestDatabase;
let sql: Sql;
beforeEach(async () => {
  test = await testDatabase();
  sql = test.database.sql;
});
afterEach(() => test.close());

const addLine = async (atMs: number, organization: string = organizations[0]): Promise<string> => {
  const id = ids.uuid(atMs);
  await sql`insert into console_log (id, organization_id, server_id, epoch, seq, level, method, message, bytes)
    values (${id}, ${organization}, 'srv', 'e', 1, 1, 'log', 'hello', 5)`;
  return id;
};
const lines = async (table = "console_log"): Promise<string[]> =>
  (await sql<{ id: string }[]>`select id from ${sql(table)} order by id`).map((row) => row.id);

describe("daily partitions", () => {
  it("are made for today and the days ahead, once", async () => {
    const made = await ensurePartitions(sql, NOON, 2);
    expect(made).toContain("console_log_20310510");
    expect(made).toContain("request_log_20310512");
    expect(made).toHaveLength(3 * PARTITIONED_TABLES.length);
    expect(await ensurePartitions(sql, NOON, 2)).toEqual([]);
  });

  it("take over the rows that came before them, of every organization, and lose none", async () => {
    const today = [await addLine(NOON), await addLine(NOON + 1, organizations[1])];
    const tomorrow = await addLine(NOON + DAY_MS);
    const late = await addLine(NOON + 40 * DAY_MS);
    await ensurePartitions(sql, NOON, 1);
    expect(await lines("console_log_20310510")).toEqual(today);
    expect(await lines("console_log_20310511")).toEqual([tomorrow]);
    expect(await lines("console_log_default")).toEqual([late]);
    expect(await lines()).toEqual([...today, tomorrow, late]);
  });

  it("are made for the days that passed while nobody made any", async () => {
    const missed = [await addLine(NOON - 6 * DAY_MS), await addLine(NOON - 3 * DAY_MS)];
    expect(await ensurePartitions(sql, NOON, 0)).toEqual(
      expect.arrayContaining(["console_log_20310504", "console_log_20310507"]),
    );
    expect(await lines("console_log_default")).toEqual([]);
    expect(await lines()).toEqual(missed);
  });

  it("lose no row of a writer that goes on meanwhile", async () => {
    const written: Promise<string>[] = [];
    for (let index = 0; index < 50; index++) written.push(addLine(NOON + index));
    const ensured = ensurePartitions(sql, NOON, 1);
    for (let index = 50; index < 300; index++) written.push(addLine(NOON + index));
    const all = await Promise.all(written);
    await ensured;
    expect(await lines()).toEqual(all.toSorted());
    expect(await lines("console_log_default")).toEqual([]);
  });

  it("refuse a row that waits for the default one while its day is attached, and take it in the next try", async () => {
    await sql.unsafe("create table console_log_day (like console_log including defaults including indexes)");
    const late = await sql.begin(async (tx) => {
      await tx.unsafe("lock table console_log_default in access exclusive mode");
      const row = addLine(NOON).catch((error: unknown) => error);
      const waits = () =>
        tx`select 1 from pg_locks where not granted and relation = 'console_log_default'::regclass`;
      await eventually(async () => expect((await waits()).length).toBe(1));
      const [from, to] = [uuid7Floor(NOON), uuid7Floor(NOON + 1)];
      await tx.unsafe(
        `alter table console_log attach partition console_log_day for values from ('${from}') to ('${to}')`,
      );
      return { row };
    });
    expect(hasMissedPartition(await late.row)).toBe(true);
    const again = await addLine(NOON);
    expect(await lines("console_log_day")).toEqual([again]);
    const unknown = await sql`insert into console_log_day (id) values (${ids.uuid(NOON)})`.catch(
      (error) => error,
    );
    expect(hasMissedPartition(unknown)).toBe(false);
  });

  it("are made once by processes that do it at the same time", async () => {
    const made = await Promise.all([1, 2, 3].map(() => ensurePartitions(sql, NOON, 2)));
    expect(made.flat().toSorted()).toEqual([...new Set(made.flat())].toSorted());
  });

  it("are dropped when the whole day is past retention; as old rows elsewhere go too", async () => {
    await ensurePartitions(sql, NOON - 2 * DAY_MS, 2);
    await addLine(NOON - 30 * DAY_MS);
    const kept = await addLine(NOON - DAY_MS);
    const dropped = await dropPartitionsBefore(sql, LOG_TABLES, NOON - DAY_MS);
    expect(dropped).toEqual(expect.arrayContaining(["console_log_20310508", "request_log_20310508"]));
    expect(dropped).not.toContain("console_log_20310509");
    // What was billed outlives the logs.
    expect(dropped.filter((name) => name.startsWith("usage_events"))).toEqual([]);
    expect(await lines()).toEqual([kept]);
  });

  it("let a page of one server look only at the days it needs", async () => {
    await ensurePartitions(sql, NOON, 2);
    const plan = await sql<{ "QUERY PLAN": string }[]>`explain select id from console_log
      where server_id = 'srv' and id >= ${uuid7Floor(NOON)}::uuid and id < ${uuid7Floor(NOON + 1)}::uuid`;
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).toContain("console_log_20310510");
    expect(text).not.toContain("console_log_20310511");
  });
});
