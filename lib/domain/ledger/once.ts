import type { TransactionSql } from "postgres";
import { hashOf } from "./book.ts";
import { keyOfSomethingElse } from "./refused-by-books.ts";

/** What an idempotency key stands for: the same body under it is the same transaction. */
export interface OnceKey {
  readonly idemKey: string;
  readonly idemHash: string;
}

export const onceKey = (idemKey: string, body: object): OnceKey => ({ idemKey, idemHash: hashOf(body) });

/**
 * The transactions that were posted under these keys. Call it with the books open, so that none is posted meanwhile.
 * Throws DomainError `unprocessable` when a key was used for something else, with the name that `nameOf` gives it.
 */
export async function postedBefore(
  sql: TransactionSql,
  organizationId: string,
  keys: readonly OnceKey[],
  nameOf: (idemKey: string) => string = (idemKey) => idemKey,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ id: string; idem_key: string; hash: string }[]>`
    select id, idem_key, encode(idem_hash, 'hex') as hash from ledger_txs
    where organization_id = ${organizationId} and idem_key = any(${keys.map(({ idemKey }) => idemKey)}::text[])`;
  const hashes = new Map(keys.map(({ idemKey, idemHash }) => [idemKey, idemHash]));
  for (const { idem_key: key, hash } of rows) {
    if (hashes.get(key) !== hash) throw keyOfSomethingElse(nameOf(key));
  }
  return new Map(rows.map((row) => [row.idem_key, row.id]));
}
