import { realpathSync } from "node:fs";
import postgres from "postgres";
import { limits } from "#lib/kernel/limits.ts";
import { DATABASE_NAME } from "./cluster.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

/** The URL of a database of the embedded server. */
export const urlOf = (port: number, password: string, database: string) =>
  `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${port}/${database}`;

/** Makes the product's database when missing. Null when the server on `port` serves `dataDirectory`, else the problem. */
export async function prepareDatabase(
  port: number,
  dataDirectory: string,
  password: string,
): Promise<unknown> {
  const sql = postgres(urlOf(port, password, "postgres"), {
    max: 1,
    connect_timeout: limits.embeddedDatabase.pingMs / 1000,
    onnotice: () => undefined,
  });
  try {
    const [row] = await sql<{ directory: string; present: boolean }[]>`
      select current_setting('data_directory') as directory,
        exists(select from pg_database where datname = ${DATABASE_NAME}) as present`;
    if (!row || realpathSync(row.directory) !== realpathSync(dataDirectory)) {
      return new Error(`The server on port ${port} serves another directory.`);
    }
    if (!row.present) await createDatabase(sql);
    return null;
  } catch (error) {
    return error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Null when the server lets a new connection in, else why it does not. */
export async function refusalOf(url: string): Promise<string | null> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: limits.embeddedDatabase.pingMs / 1000,
    onnotice: () => undefined,
  });
  try {
    await sql`select 1`;
    return null;
  } catch (error) {
    // What else the server says (too many connections, another password) shows that it serves.
    const isAway = !(error instanceof postgres.PostgresError) || error.code === "57P03";
    return isAway ? (error as Error).message : null;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function createDatabase(sql: postgres.Sql): Promise<void> {
  try {
    await sql.unsafe(`create database ${DATABASE_NAME}`);
  } catch (error) {
    // A sibling made it in this moment: 42P04 is "exists", 23505 the same found later.
    if (!["42P04", "23505"].includes((error as { code?: string }).code ?? "")) throw error;
  }
}

/** The error that a wrong password becomes for the operator. */
export const wrongPassword = (dataDirectory: string, cause: unknown) =>
  new EmbeddedPostgresError(
    `The stored password does not open the database in ${dataDirectory}. Restore the data directory as a whole from one backup.`,
    { cause },
  );
export const isWrongPassword = (problem: unknown) => (problem as { code?: string }).code === "28P01";
