import type { Sql, TransactionSql } from "postgres";
import type { Db } from "./database.ts";

/**
 * Runs `body` in one transaction; a throw rolls everything back. Only `lib/domain/access/command.ts` may import
 * this file, so that no write skips authorization or audit, and the ledger's `in-books.ts`, where machines move money; a
 * boundary rule says so.
 */
export const inTransaction = <Result>(db: Db, body: (tx: Db) => Promise<Result>): Promise<Result> =>
  db.transaction((tx) => body(tx as unknown as Db));

/** The same on the driver's own handle. `options` are those of BEGIN. */
export async function inSqlTransaction<Result>(
  sql: Sql,
  body: (tx: TransactionSql) => Promise<Result>,
  options = "",
): Promise<Result> {
  return (await sql.begin(options, (tx) => body(tx))) as Result;
}
