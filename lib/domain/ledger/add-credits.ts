import type { GRANT_KINDS } from "#lib/contract/index.ts";
import { type Db, sqlOf } from "#lib/db/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { requireAmount } from "./amounts.ts";
import type { Posting } from "./book.ts";
import { onceKey, postedBefore } from "./once.ts";
import { withBook } from "./with-book.ts";

export type GrantKind = (typeof GRANT_KINDS)[number];

export interface NewCredits {
  readonly organizationId: string;
  readonly kind: GrantKind;
  readonly amountMicros: bigint;
  /** Low ones are used first. */
  readonly priority: number;
  /** Epoch milliseconds; null: never. */
  readonly expiresAtMs: number | null;
  /** Of purchases: what paid for them. */
  readonly paymentId: string | null;
  readonly reason: string | null;
  /** Who gave them, as audit records name actors. */
  readonly actor: string;
  /** The same key with the same contents adds credits once. */
  readonly idemKey: string;
}

export interface AddedCredits {
  readonly txId: string;
  readonly grantId: string;
  /** False: the key was used before, for the same. */
  readonly isNew: boolean;
}

/**
 * Credits come in: a purchase's from its payment, all others as a grant. What is owed is paid of them first. Runs in the
 * transaction of `db`. Throws DomainError `invalid_input` for an amount that is not above zero or too large, and
 * `unprocessable` when the key was used for something else or the books cannot hold as much.
 */
export async function addCredits(db: Db, credits: NewCredits, posting: Posting): Promise<AddedCredits> {
  requireAmount(credits.amountMicros, limits.money.accountMicrosMax);
  const sql = sqlOf(db);
  const { organizationId, amountMicros, idemKey, actor, reason, paymentId, ...body } = credits;
  const once = onceKey(idemKey, { what: "credits", amountMicros, paymentId, reason, ...body });
  return withBook(sql, organizationId, posting, async (book) => {
    const known = (await postedBefore(sql, organizationId, [once])).get(idemKey);
    if (known !== undefined) return { txId: known, grantId: await grantOf(sql, known), isNew: false };
    const isPurchase = credits.kind === "purchase";
    const grantId = encodeId("cgr", posting.newId());
    const txId = book.post(
      {
        ...once,
        type: isPurchase ? "purchase" : "grant",
        moves: { [isPurchase ? "payments" : "granted"]: -amountMicros, available: amountMicros },
        sourceKind: paymentId === null ? "grant" : "payment",
        sourceId: paymentId ?? grantId,
        actor,
        reason,
      },
      limits.money.accountMicrosMax,
    );
    book.addGrant({
      id: grantId,
      kind: credits.kind,
      priority: credits.priority,
      expiresAtMs: credits.expiresAtMs,
      paymentId,
      amountMicros,
      txId,
      reason,
      createdBy: actor,
    });
    return { txId, grantId, isNew: true };
  });
}

async function grantOf(sql: ReturnType<typeof sqlOf>, txId: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select id from credit_grants where tx_id = ${txId}`;
  if (!row) throw new Error(`Transaction ${txId} brought in no credits.`);
  return row.id;
}
