import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { type Database, openDatabase } from "#lib/db/index.ts";

/** Migrated once per test run; nobody connects to it afterwards. */
export const TEMPLATE_DATABASE = "mcpstack_template";

/** A database of its own for one suite. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Closes the connections and drops the database. */
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Default 4. */
  connectionsMax?: number;
  /** False gives a database without any table, e.g. to test migrations. Default true. */
  migrated?: boolean;
}

/** A fresh database, cloned from the migrated template in some 20 ms. For suites of the projects `db` and `net`. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const adminUrl = inject("postgresUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const template = (options.migrated ?? true) ? ` template ${TEMPLATE_DATABASE} strategy file_copy` : "";
  await administer(adminUrl, `create database ${name}${template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const database = openDatabase({
    url: url.href,
    connectionsMax: options.connectionsMax ?? 4,
    applicationName: "test",
  });
  return {
    url: url.href,
    database,
    async close() {
      await database.close(1_000);
      await administer(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(adminUrl: string, statement: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 1 });
  }
}
