import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import * as schema from "#drizzle/schema/index.ts";
import { surviveLostConnections } from "./lost-connections.ts";

/** Typed queries; also what a transaction hands to its body. */
export type Db = PostgresJsDatabase<typeof schema>;

/** One process's connections: `db` for typed queries, `sql` for the statements that the fact tables need. */
export interface Database {
  readonly db: Db;
  readonly sql: Sql;
  /** Waits for running queries up to `timeoutMs`, then closes. */
  close(timeoutMs?: number): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  connectionsMax: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Ends a statement that runs longer; 0 means never. */
  statementTimeoutMs?: number;
}

/** Opens a pool lazily: nothing connects until the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const driver = postgres(options.url, {
    max: options.connectionsMax,
    connect_timeout: 5,
    idle_timeout: 60,
    backoff: (attempt: number) => Math.min(2 ** attempt * 0.05, 2),
    onnotice: () => undefined,
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      TimeZone: "UTC",
      // A plan for any parameters knows neither the days of a window nor how few rows a page takes: over daily
      // partitions it is hundreds of times slower than one for these, which costs a few milliseconds to make.
      plan_cache_mode: "force_custom_plan",
    },
  });
  const sql = surviveLostConnections(driver);
  return {
    db: drizzle(sql, { schema }),
    sql,
    close: (timeoutMs = 5_000) => sql.end({ timeout: timeoutMs / 1000 }),
  };
}
