import type { TransactionSql } from "postgres";
import { ACCOUNT_KINDS, type AccountKind } from "#lib/contract/index.ts";
import { type Balances, type Book, createBook, type Posting } from "./book.ts";
import { payDebt, postExpiry } from "./book-rules.ts";
import type { OpenGrant } from "./grant-order.ts";
import { lockBooks } from "./lock-books.ts";

interface AccountRow {
  organization_id: string;
  kind: AccountKind;
  balance: string;
}
interface GrantRow {
  organization_id: string;
  id: string;
  kind: string;
  priority: number;
  effective_ms: number;
  expires_ms: number | null;
  created_ms: number;
  payment_id: string | null;
  remaining: string;
}

/**
 * Locks and reads the books of organizations, posts what has expired and pays what is owed. Organizations that do not
 * exist are not in the answer. The lock lasts until the transaction of `sql` ends; write with `closeBooks`.
 */
export async function openBooks(
  sql: TransactionSql,
  organizationIds: readonly string[],
  posting: Posting,
): Promise<ReadonlyMap<string, Book>> {
  const ids = [...new Set(organizationIds)].sort();
  // One round trip: each statement sees what was committed when it begins, so the reads see what the lock waited for.
  const [, accounts, grants] = await Promise.all([
    lockBooks(sql, ids),
    sql<AccountRow[]>`
      select organization_id, kind, balance_micros as balance from ledger_accounts
      where organization_id = any(${ids}::text[])`,
    sql<GrantRow[]>`
      select organization_id, id, kind, priority, payment_id, remaining_micros as remaining,
        extract(epoch from effective_at)::float8 * 1000 as effective_ms,
        extract(epoch from expires_at)::float8 * 1000 as expires_ms,
        extract(epoch from created_at)::float8 * 1000 as created_ms
      from credit_grants where organization_id = any(${ids}::text[]) and remaining_micros > 0`,
  ]);
  const balancesOf = new Map<string, Balances>();
  for (const { organization_id: id, kind, balance } of accounts) {
    const balances = balancesOf.get(id) ?? emptyBalances();
    balances[kind] = BigInt(balance);
    balancesOf.set(id, balances);
  }
  const grantsOf = Map.groupBy(grants, (grant) => grant.organization_id);
  const books = new Map<string, Book>();
  for (const [id, balances] of balancesOf) {
    const book = createBook(id, balances, (grantsOf.get(id) ?? []).map(openGrant), posting);
    postExpiry(book, posting.nowMs);
    payDebt(book);
    books.set(id, book);
  }
  return books;
}

/** Nothing in any account. */
export const emptyBalances = (): Balances =>
  Object.fromEntries(ACCOUNT_KINDS.map((kind) => [kind, 0n])) as Balances;

const openGrant = (row: GrantRow): OpenGrant => ({
  id: row.id,
  kind: row.kind,
  priority: row.priority,
  effectiveAtMs: Math.round(row.effective_ms),
  expiresAtMs: row.expires_ms === null ? null : Math.round(row.expires_ms),
  createdAtMs: Math.round(row.created_ms),
  paymentId: row.payment_id,
  remainingMicros: BigInt(row.remaining),
});
