import type { Sql } from "postgres";
import { uuid7Floor } from "#lib/kernel/ids.ts";

/** The fact tables that are partitioned by day. */
export const PARTITIONED_TABLES = ["request_log", "console_log"] as const;
const DAY_MS = 86_400_000;

const dayName = (dayMs: number) => new Date(dayMs).toISOString().slice(0, 10).replaceAll("-", "");

/**
 * Makes the daily partitions from the day of `nowMs` to `daysAhead` days later. Safe to call at any time and from
 * many processes: each table is made apart and attached, which does not block writers. Rows that a clock error put
 * into the default partition are moved by the attach check failing, so that day simply stays in the default.
 */
export async function ensurePartitions(sql: Sql, nowMs: number, daysAhead: number): Promise<string[]> {
  const made: string[] = [];
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  for (const table of PARTITIONED_TABLES) {
    for (let day = today; day <= today + daysAhead * DAY_MS; day += DAY_MS) {
      const name = `${table}_${dayName(day)}`;
      const [existing] = await sql`select 1 from pg_class where relname = ${name}`;
      if (existing) continue;
      await sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(hashtext(${name}))`;
        const [raced] = await tx`select 1 from pg_class where relname = ${name}`;
        if (raced) return;
        await tx.unsafe(`create table "${name}" (like "${table}" including defaults including indexes)`);
        await tx.unsafe(
          `alter table "${table}" attach partition "${name}" for values from ('${uuid7Floor(day)}') to ('${uuid7Floor(day + DAY_MS)}')`,
        );
        made.push(name);
      });
    }
  }
  return made;
}

/** Drops the daily partitions that end at or before `beforeMs`. Answers their names. */
export async function dropPartitionsBefore(sql: Sql, beforeMs: number): Promise<string[]> {
  const dropped: string[] = [];
  for (const table of PARTITIONED_TABLES) {
    const rows = await sql<{ name: string }[]>`
      select child.relname as name from pg_inherits
      join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
      where parent.relname = ${table} and child.relname ~ ${`^${table}_[0-9]{8}$`}`;
    for (const { name } of rows) {
      const digits = name.slice(-8);
      const dayEndMs =
        Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`) + DAY_MS;
      if (dayEndMs > beforeMs) continue;
      await sql.unsafe(`drop table "${name}"`);
      dropped.push(name);
    }
  }
  return dropped;
}
