import type { TransactionSql } from "postgres";
import type { Database } from "#lib/db/index.ts";
import { inSqlTransaction } from "#lib/db/transaction.ts";

/**
 * Money moves without a command where a machine moves it: nodes take leases, jobs post what is due. This file is the
 * ledger's only one that opens transactions; a boundary rule says so.
 */
export const inBooks = <Result>(
  database: Database,
  body: (sql: TransactionSql) => Promise<Result>,
): Promise<Result> => inSqlTransaction(database.sql, body);
