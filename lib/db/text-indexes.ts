import type { ReservedSql, Sql } from "postgres";
import { limits } from "#lib/kernel/limits.ts";
import { dailyTables, isLockTimeout, PARTITIONED_TABLES } from "./partitions.ts";

const DAY_MS = 86_400_000;

/** The columns of each log in which text is searched for. An `OR` over several of them uses the index as well. */
const SEARCHED = {
  console_log: ["message"],
  request_log: ["error", "tool", "method", "client_name"],
} as const;
const SEARCHED_TABLES = ["console_log", "request_log"] as const;

/** What one run did: the day that it indexed, or why there was nothing to do. */
export type IndexedDay =
  | { readonly made: string; readonly ms: number }
  | { readonly made: null; readonly reason: "all_indexed" | "no_extension" };

/**
 * Gives the newest closed day that has none its text index: trigrams of what is searched for, by server. Concurrently, so
 * that nobody who reads or writes waits for it, and one day at a time, so that the caller can stop in between. The day
 * under way never gets one: it would slow down every write. What a process that died left half made is dropped first.
 * Answers `no_extension` when this database has not got pg_trgm and btree_gin and does not let us have them.
 */
export async function indexClosedDays(sql: Sql, nowMs: number): Promise<IndexedDay> {
  if (!(await haveExtensions(sql))) return { made: null, reason: "no_extension" };
  const day = await nextDay(sql, nowMs);
  if (day === null) return { made: null, reason: "all_indexed" };
  const startedAtMs = performance.now();
  const own = await sql.reserve();
  try {
    await own`select set_config('statement_timeout', '0', false),
      set_config('maintenance_work_mem', ${`${limits.storage.indexMemoryMiB}MB`}, false)`;
    await dropHalfMade(own, day.table);
    const columns = SEARCHED[day.log].map((column) => `${column} gin_trgm_ops`).join(", ");
    await own.unsafe(
      `create index concurrently if not exists "${indexOf(day.table)}" on "${day.table}" using gin (server_id, ${columns})`,
    );
  } finally {
    await own`reset all`;
    own.release();
  }
  return { made: indexOf(day.table), ms: Math.round(performance.now() - startedAtMs) };
}

const indexOf = (table: string): string => `${table}_text`;

async function haveExtensions(sql: Sql): Promise<boolean> {
  const present = async (): Promise<boolean> =>
    (await sql`select 1 from pg_extension where extname in ('pg_trgm', 'btree_gin')`).length === 2;
  if (await present()) return true;
  try {
    await sql.unsafe("create extension if not exists pg_trgm");
    await sql.unsafe("create extension if not exists btree_gin");
  } catch (error) {
    // Not installed on this server (undefined_file, feature_not_supported) or not ours to install.
    if (["58P01", "0A000", "42501"].includes(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
  return present();
}

/** The newest day that is over and has no whole index; searches look there first. */
async function nextDay(
  sql: Sql,
  nowMs: number,
): Promise<{ log: (typeof SEARCHED_TABLES)[number]; table: string } | null> {
  const indexed = new Set(
    (
      await sql<{ name: string }[]>`
        select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indisvalid and c.relname ~ '_[0-9]{8}_text$'`
    ).map(({ name }) => name),
  );
  const days = await Promise.all(
    SEARCHED_TABLES.map(async (log) =>
      (await dailyTables(sql, log)).map((day) => ({ log, table: day.name, ...day })),
    ),
  );
  const open = days
    .flat()
    .filter(({ isAttached, dayMs }) => isAttached && dayMs + DAY_MS + limits.storage.closedAfterMs <= nowMs)
    .filter(({ table }) => !indexed.has(indexOf(table)))
    .sort((one, other) => other.dayMs - one.dayMs);
  return open[0] ?? null;
}

/** An index that is not valid is of a process that died while it made it. */
async function dropHalfMade(own: ReservedSql, table: string): Promise<void> {
  const rows = await own`
    select 1 from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relname = ${indexOf(table)} and not i.indisvalid`;
  if (rows.length > 0) await own.unsafe(`drop index concurrently if exists "${indexOf(table)}"`);
}

/** Rows that were ever stored in the logs, as the database counts them for itself: two of them tell how busy it is. */
export async function insertedFacts(sql: Sql): Promise<number> {
  const [row] = await sql<{ rows: string }[]>`
    select coalesce(sum(n_tup_ins), 0)::text as rows from pg_stat_user_tables
    where relname ~ ${`^(${PARTITIONED_TABLES.join("|")})_`}`;
  return Number(row?.rows ?? 0);
}

/**
 * Keeps the block ranges in the order of storing summarized where rows arrive: of the day of `nowMs`, the day before it
 * and the default partitions. Whoever reads in that order (drains) would otherwise read what is not summarized yet as a
 * whole. Gives way to whatever else works on a table. Answers how many ranges it summarized.
 */
export async function summarizeStoreOrder(sql: Sql, nowMs: number): Promise<number> {
  const dayName = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll("-", "");
  const suffixes = [dayName(nowMs), dayName(nowMs - DAY_MS), "default"];
  const tables = PARTITIONED_TABLES.flatMap((table) => suffixes.map((suffix) => `${table}_${suffix}`));
  const indexes = await sql<{ oid: string }[]>`
    select i.indexrelid::text as oid from pg_index i
    join pg_class t on t.oid = i.indrelid
    join pg_class x on x.oid = i.indexrelid
    join pg_am a on a.oid = x.relam
    where a.amname = 'brin' and t.relname = any(${tables}::text[])`;
  let ranges = 0;
  for (const { oid } of indexes) {
    try {
      ranges += await sql.begin(async (tx) => {
        await tx`select set_config('lock_timeout', ${`${limits.storage.summaryLockMs}ms`}, true)`;
        const [row] = await tx<
          { made: number }[]
        >`select brin_summarize_new_values(${oid}::oid::regclass) as made`;
        return row?.made ?? 0;
      });
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
    }
  }
  return ranges;
}
