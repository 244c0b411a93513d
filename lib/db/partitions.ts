import type { Sql, TransactionSql } from "postgres";
import { timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

/** What servers' retention is about. */
export const LOG_TABLES = ["request_log", "console_log", "upstream_calls", "request_bodies"] as const;
/** The fact tables that are partitioned by day. What was billed is kept apart from how long logs are. */
export const PARTITIONED_TABLES = [...LOG_TABLES, "usage_events"] as const;
export type PartitionedTable = (typeof PARTITIONED_TABLES)[number];
const DAY_MS = 86_400_000;

const dayOf = (ms: number) => Math.floor(ms / DAY_MS) * DAY_MS;
const nameOf = (table: PartitionedTable, dayMs: number) =>
  `${table}_${new Date(dayMs).toISOString().slice(0, 10).replaceAll("-", "")}`;

/**
 * Makes the daily partitions from the day of `nowMs` to `daysAhead` days later, and for earlier days whose rows lie in
 * the default partition because nobody made theirs in time. Rows of the day move over with it. Safe to call at any
 * time and from many processes; writers wait only for the last moment of it. Answers the names of what it made.
 */
export async function ensurePartitions(sql: Sql, nowMs: number, daysAhead: number): Promise<string[]> {
  const made: string[] = [];
  const today = dayOf(nowMs);
  for (const table of PARTITIONED_TABLES) {
    for (let day = today; day <= today + daysAhead * DAY_MS; day += DAY_MS) {
      if (await ensurePartition(sql, table, day)) made.push(nameOf(table, day));
    }
    const oldest = today - limits.storage.retentionDaysMax * DAY_MS;
    for (const day of await strayDays(sql, table, oldest, today)) {
      if (await ensurePartition(sql, table, day)) made.push(nameOf(table, day));
    }
  }
  return made;
}

/** False when it was there. */
async function ensurePartition(sql: Sql, table: PartitionedTable, dayMs: number): Promise<boolean> {
  const name = nameOf(table, dayMs);
  if (await exists(sql, name)) return false;
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${name}))`;
    if (await exists(tx, name)) return false;
    const from = uuid7Floor(dayMs);
    const to = uuid7Floor(dayMs + DAY_MS);
    await tx`select set_config('lock_timeout', ${`${limits.storage.partitionLockMs}ms`}, true)`;
    await tx`select set_config('statement_timeout', '0', true)`;
    await tx.unsafe(`create table "${name}" (like "${table}" including defaults including indexes)`);
    // Most rows move while writers go on; then nobody may add another one between the last look and the attachment.
    await moveFromDefault(tx, table, name, from, to);
    await tx.unsafe(`lock table "${table}_default" in access exclusive mode`);
    await moveFromDefault(tx, table, name, from, to);
    await tx.unsafe(
      `alter table "${table}" attach partition "${name}" for values from ('${from}') to ('${to}')`,
    );
    return true;
  });
}

async function exists(sql: Sql | TransactionSql, name: string): Promise<boolean> {
  return (await sql`select 1 from pg_class where relname = ${name}`).length > 0;
}

async function moveFromDefault(
  tx: TransactionSql,
  table: PartitionedTable,
  name: string,
  from: string,
  to: string,
): Promise<void> {
  await tx.unsafe(
    `with moved as (delete from "${table}_default" where id >= $1::uuid and id < $2::uuid returning *)
     insert into "${name}" select * from moved`,
    [from, to],
  );
}

/** The days from `oldestMs` up to `todayMs` that have rows in the default partition; found by skipping from day to day. */
async function strayDays(
  sql: Sql,
  table: PartitionedTable,
  oldestMs: number,
  todayMs: number,
): Promise<number[]> {
  const days: number[] = [];
  for (let from = oldestMs; from < todayMs; ) {
    const [row] = await sql.unsafe<{ id: string }[]>(
      `select id from "${table}_default" where id >= $1::uuid and id < $2::uuid order by id limit 1`,
      [uuid7Floor(from), uuid7Floor(todayMs)],
    );
    if (!row) break;
    const day = dayOf(timeOfUuid7(row.id));
    days.push(day);
    from = day + DAY_MS;
  }
  return days;
}

/**
 * Drops the daily partitions of `tables` that end at or before `beforeMs`, and deletes what is as old in the default partition. A
 * day is detached first and dropped then: readers and writers wait only for the detachment, and it for them at most
 * `limits.storage.dropLockMs`; a day that stays in use is left to the next run. Answers the names of what was dropped.
 */
export async function dropPartitionsBefore(
  sql: Sql,
  tables: readonly PartitionedTable[],
  beforeMs: number,
): Promise<string[]> {
  const dropped: string[] = [];
  for (const table of tables) {
    for (const { name, dayMs, isAttached } of await dailyTables(sql, table)) {
      if (dayMs + DAY_MS > beforeMs) continue;
      if (isAttached && !(await detach(sql, table, name))) continue;
      await sql.unsafe(`drop table "${name}"`);
      dropped.push(name);
    }
    await deleteFromDefault(sql, table, dayOf(beforeMs));
  }
  return dropped;
}

/** A table of one day. One that is not attached was left behind by a process that died between detaching and dropping. */
export interface DailyTable {
  name: string;
  dayMs: number;
  isAttached: boolean;
}

/** The tables of single days of `table`, oldest first. */
export async function dailyTables(sql: Sql, table: PartitionedTable): Promise<DailyTable[]> {
  const rows = await sql<{ name: string; attached: boolean }[]>`
    select c.relname as name, c.relispartition as attached from pg_class c
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
      and c.relname ~ ${`^${table}_[0-9]{8}$`}
    order by c.relname`;
  return rows.map(({ name, attached }) => {
    const digits = name.slice(-8);
    const dayMs = Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`);
    return { name, dayMs, isAttached: attached };
  });
}

/** False when somebody used it for too long. */
async function detach(sql: Sql, table: PartitionedTable, name: string): Promise<boolean> {
  try {
    await sql.begin(async (tx) => {
      await tx`select set_config('lock_timeout', ${`${limits.storage.dropLockMs}ms`}, true)`;
      await tx.unsafe(`alter table "${table}" detach partition "${name}"`);
    });
    return true;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

/** Whether a statement gave up waiting for a lock, as `lock_timeout` told it. */
export const isLockTimeout = (error: unknown): boolean => (error as { code?: unknown }).code === "55P03";

/**
 * Whether a row was on its way into the default partition while the partition of its day was attached: stored again, it
 * goes there. PostgreSQL names the table of such a violation, but no constraint.
 */
export function hasMissedPartition(error: unknown): boolean {
  const { code, constraint_name } = error as { code?: unknown; constraint_name?: unknown };
  return code === "23514" && constraint_name === undefined;
}

async function deleteFromDefault(sql: Sql, table: PartitionedTable, beforeMs: number): Promise<void> {
  const rowsMax = limits.storage.retentionDeleteRowsPerBatchMax;
  for (;;) {
    const { count } = await sql.unsafe(
      `delete from "${table}_default" where ctid in
         (select ctid from "${table}_default" where id < $1::uuid limit ${rowsMax})`,
      [uuid7Floor(beforeMs)],
    );
    if (count < rowsMax) return;
  }
}
