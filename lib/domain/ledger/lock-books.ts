import type { TransactionSql } from "postgres";

/**
 * Opens the books of organizations for the transaction of `sql`: everybody else who wants them waits until it ends. Locks
 * in the order of the ids, whatever the order given, so that no two wait for each other. Accounts that are missing are made.
 */
export async function lockBooks(sql: TransactionSql, organizationIds: readonly string[]): Promise<void> {
  // Sent at once, so that whatever is asked for beside it is asked for after it.
  await sql`select ledger_lock(${[...organizationIds]}::text[])`.execute();
}
