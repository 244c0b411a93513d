import type { TransactionSql } from "postgres";
import { storableJson } from "#lib/kernel/text.ts";
import { type Book, movesOf, type PostedTx, type Posting } from "./book.ts";
import { payDebt, postExpiry } from "./book-rules.ts";
import { refusedByBooks } from "./refused-by-books.ts";

/**
 * Posts what expired and pays what is owed from what came free, and writes everything that was done with the books: one round trip. The
 * transaction of `sql` commits it. Throws DomainError `unprocessable` when a key was used for something else.
 */
export async function closeBooks(
  sql: TransactionSql,
  books: Iterable<Book>,
  { nowMs }: Posting,
): Promise<void> {
  const all = [...books];
  for (const book of all) {
    postExpiry(book, nowMs);
    payDebt(book);
  }
  const at = iso(nowMs);
  const txs = all.flatMap((book) => book.written.txs.map((tx) => txRow(book.organizationId, tx, at)));
  if (txs.length === 0) return;
  const made = all.flatMap(({ organizationId, written }) =>
    written.grants.map((grant) => ({
      organization_id: organizationId,
      id: grant.id,
      kind: grant.kind,
      priority: grant.priority,
      effective_at: iso(grant.effectiveAtMs),
      expires_at: grant.expiresAtMs === null ? null : iso(grant.expiresAtMs),
      amount_micros: String(grant.amountMicros),
      remaining_micros: String(grant.remainingMicros),
      tx_id: grant.txId,
      payment_id: grant.paymentId,
      reason: grant.reason,
      created_by: grant.createdBy,
      created_at: at,
    })),
  );
  const changed = all.flatMap(({ organizationId, written }) =>
    [...written.changed].map((grant) => ({
      organization_id: organizationId,
      id: grant.id,
      remaining_micros: String(grant.remainingMicros),
    })),
  );
  const uses = all.flatMap(({ organizationId, written }) =>
    written.uses.map((use) => ({
      organization_id: organizationId,
      tx_id: use.txId,
      grant_id: use.grantId,
      purpose: use.purpose,
      amount_micros: String(use.amountMicros),
    })),
  );
  await Promise.all([
    sql`select from ledger_post(${storableJson(txs)}::text::jsonb)`,
    made.length > 0 &&
      sql`
        insert into credit_grants (organization_id, id, kind, priority, effective_at, expires_at, amount_micros,
          remaining_micros, tx_id, payment_id, reason, created_by, created_at)
        select organization_id, id, kind, priority, effective_at, expires_at, amount_micros,
          remaining_micros, tx_id, payment_id, reason, created_by, created_at
        from jsonb_populate_recordset(null::credit_grants, ${storableJson(made)}::text::jsonb)`,
    changed.length > 0 &&
      sql`
        update credit_grants g set remaining_micros = c.remaining_micros
        from jsonb_populate_recordset(null::credit_grants, ${JSON.stringify(changed)}::text::jsonb) c
        where g.organization_id = c.organization_id and g.id = c.id`,
    uses.length > 0 &&
      sql`
        insert into grant_uses
        select * from jsonb_populate_recordset(null::grant_uses, ${JSON.stringify(uses)}::text::jsonb)`,
  ]).catch((error: unknown) => {
    throw refusedByBooks(error);
  });
}

/** A transaction as `ledger_post` takes it. */
const txRow = (organizationId: string, tx: PostedTx, createdAt: string) => ({
  organizationId,
  id: tx.id,
  type: tx.type,
  idemKey: tx.idemKey,
  idemHash: tx.idemHash,
  sourceKind: tx.sourceKind,
  sourceId: tx.sourceId ?? null,
  reversesTxId: tx.reversesTxId ?? null,
  agentId: tx.agentId ?? null,
  eventCount: tx.eventCount ?? 0,
  priceVersion: tx.priceVersion ?? null,
  actor: tx.actor,
  reason: tx.reason ?? null,
  effectiveAt: tx.effectiveAtMs === undefined ? createdAt : iso(tx.effectiveAtMs),
  createdAt,
  entries: movesOf(tx).map(([account, amount]) => ({ account, amountMicros: String(amount) })),
});

const iso = (ms: number): string => new Date(ms).toISOString();
