import type { TransactionSql } from "postgres";
import type { Db } from "./database.ts";

/**
 * The driver's handle of a running transaction, for statements that are not written with drizzle: they run in the same
 * transaction. Throws a TypeError when `db` is no handle of this driver.
 */
export function sqlOf(db: Db): TransactionSql {
  const { session } = (db as unknown as { _: { session?: { client?: unknown } } })._;
  if (typeof session?.client !== "function") throw new TypeError("This is no handle of the postgres driver.");
  return session.client as TransactionSql;
}
