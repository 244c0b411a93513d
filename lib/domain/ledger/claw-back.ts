import type { TransactionSql } from "postgres";
import { type Db, sqlOf } from "#lib/db/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { requireAmount, smaller } from "./amounts.ts";
import type { Posting } from "./book.ts";
import { onceKey, postedBefore } from "./once.ts";
import { withBook } from "./with-book.ts";

/** Money of a payment that went back to its payer, or came again. */
export interface PaymentChange {
  readonly organizationId: string;
  readonly paymentId: string;
  /** The credits that the payment brought. */
  readonly grantId: string;
  readonly amountMicros: bigint;
  readonly reason: string | null;
  readonly actor: string;
  readonly idemKey: string;
}

export interface ChangedPayment {
  readonly txId: string;
  readonly isNew: boolean;
}

/**
 * A payment was refunded or is disputed, so its credits go: first what is left of them, then other available credits; the
 * rest is owed. Credits that running calls have set aside stay with them. Runs in the transaction of `db`. Throws as
 * `addCredits` does.
 */
export async function clawBack(db: Db, change: PaymentChange, posting: Posting): Promise<ChangedPayment> {
  requireAmount(change.amountMicros, limits.money.accountMicrosMax);
  const sql = sqlOf(db);
  const { organizationId, paymentId, grantId, amountMicros, reason, actor, idemKey } = change;
  const once = onceKey(idemKey, { what: "refund", paymentId, grantId, amountMicros });
  return withBook(sql, organizationId, posting, async (book) => {
    const known = (await postedBefore(sql, organizationId, [once])).get(idemKey);
    if (known !== undefined) return { txId: known, isNew: false };
    const taken = smaller(amountMicros, book.balances.available);
    const txId = book.post(
      {
        ...once,
        type: "refund",
        moves: { available: -taken, debt: taken - amountMicros, refunded: amountMicros },
        sourceKind: "payment",
        sourceId: paymentId,
        actor,
        reason,
      },
      limits.money.accountMicrosMax,
    );
    book.takeFromGrants(
      txId,
      "refunded",
      taken,
      (grant) => grant.id === grantId || grant.paymentId === paymentId,
    );
    return { txId, isNew: true };
  });
}

/**
 * Money that was clawed back came again (a dispute was won, a refund failed): the credits come back as new ones that
 * expire when the old ones do, and pay what is owed first. Runs in the transaction of `db`. Throws as `addCredits` does,
 * and DomainError `conflict` for more than was clawed back of the payment.
 */
export async function giveBack(db: Db, change: PaymentChange, posting: Posting): Promise<ChangedPayment> {
  requireAmount(change.amountMicros, limits.money.accountMicrosMax);
  const sql = sqlOf(db);
  const { organizationId, paymentId, grantId, amountMicros, reason, actor, idemKey } = change;
  const once = onceKey(idemKey, { what: "reinstatement", paymentId, grantId, amountMicros });
  return withBook(sql, organizationId, posting, async (book) => {
    const known = (await postedBefore(sql, organizationId, [once])).get(idemKey);
    if (known !== undefined) return { txId: known, isNew: false };
    const [[grant], clawed] = await Promise.all([
      sql<{ priority: number; expires_ms: number | null }[]>`
        select priority, extract(epoch from expires_at)::float8 * 1000 as expires_ms from credit_grants
        where organization_id = ${organizationId} and id = ${grantId}`,
      netClawedBack(sql, organizationId, paymentId),
    ]);
    if (!grant) throw notFound("grant");
    if (amountMicros > clawed) {
      throw new DomainError("conflict", `Only ${clawed} micros of this payment were clawed back.`);
    }
    const txId = book.post({
      ...once,
      type: "reinstatement",
      moves: { refunded: -amountMicros, available: amountMicros },
      sourceKind: "payment",
      sourceId: paymentId,
      actor,
      reason,
    });
    book.addGrant({
      id: encodeId("cgr", posting.newId()),
      kind: "refund",
      priority: grant.priority,
      expiresAtMs: grant.expires_ms === null ? null : Math.round(grant.expires_ms),
      paymentId,
      amountMicros,
      txId,
      reason,
      createdBy: actor,
    });
    return { txId, isNew: true };
  });
}

/** What went back of a payment so far, less what came again. */
export async function netClawedBack(
  sql: TransactionSql,
  organizationId: string,
  paymentId: string,
): Promise<bigint> {
  const [row] = await sql<{ net: string }[]>`
    select coalesce(sum(e.amount_micros), 0)::text as net
    from ledger_txs t join ledger_entries e on e.organization_id = t.organization_id and e.tx_id = t.id
    where t.organization_id = ${organizationId} and t.source_kind = 'payment' and t.source_id = ${paymentId}
      and t.type in ('refund', 'reinstatement') and e.kind = 'refunded'`;
  return BigInt(row?.net ?? "0");
}
