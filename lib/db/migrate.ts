import { readFile } from "node:fs/promises";
import path from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { ensurePartitions } from "./partitions.ts";

/** Any constant: what matters is that every process of the product uses the same. */
const MIGRATION_LOCK = 7_240_011;

/**
 * Brings the database to the newest schema and makes the next days' partitions. Forward only. Many processes may
 * call it at once: one migrates under an advisory lock, the others wait. Refuses a database that is newer than
 * this program, so that an old binary never writes into a new schema.
 */
export async function migrateDatabase(
  url: string,
  migrationsDirectory: string,
  nowMs: number,
  partitionDaysAhead: number,
): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: { TimeZone: "UTC" },
  });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await refuseNewerDatabase(sql, migrationsDirectory);
    await migrate(drizzle(sql), { migrationsFolder: migrationsDirectory });
    await ensurePartitions(sql, nowMs, partitionDaysAhead);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function refuseNewerDatabase(sql: postgres.Sql, migrationsDirectory: string): Promise<void> {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as name`;
  if (!table?.name) return;
  const [row] = await sql<
    { newest: string | null }[]
  >`select max(created_at) as newest from drizzle.__drizzle_migrations`;
  const journal = JSON.parse(
    await readFile(path.join(migrationsDirectory, "meta", "_journal.json"), "utf8"),
  ) as {
    entries: { when: number }[];
  };
  const known = Math.max(0, ...journal.entries.map((entry) => entry.when));
  if (Number(row?.newest ?? 0) > known) {
    throw new Error(
      "The database was migrated by a newer version of MCP Stack. Start that version, or restore a backup.",
    );
  }
}
