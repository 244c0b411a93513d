import { type Db, sqlOf } from "#lib/db/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { requireAmount } from "./amounts.ts";
import type { Posting } from "./book.ts";
import { onceKey, postedBefore } from "./once.ts";
import { withBook } from "./with-book.ts";

export interface Adjustment {
  readonly organizationId: string;
  /** Above zero adds credits, below takes them. */
  readonly amountMicros: bigint;
  readonly reason: string;
  readonly actor: string;
  readonly idemKey: string;
  /** The transaction that it corrects; one can be corrected once. */
  readonly reversesTxId?: string | null;
}

/**
 * Corrects a balance by hand; rows that are wrong stay and are corrected by new ones. Runs in the transaction of `db`. Throws
 * DomainError `invalid_input` for zero and amounts that are too large, and `unprocessable` for taking more than is
 * available or a key that was used for something else.
 */
export async function adjust(
  db: Db,
  { organizationId, amountMicros, reason, actor, idemKey, reversesTxId = null }: Adjustment,
  posting: Posting,
): Promise<{ txId: string; isNew: boolean }> {
  requireAmount(amountMicros < 0n ? -amountMicros : amountMicros, limits.money.accountMicrosMax);
  const sql = sqlOf(db);
  const once = onceKey(idemKey, { what: "adjustment", amountMicros, reason, reversesTxId });
  return withBook(sql, organizationId, posting, async (book) => {
    const known = (await postedBefore(sql, organizationId, [once])).get(idemKey);
    if (known !== undefined) return { txId: known, isNew: false };
    if (-amountMicros > book.balances.available) {
      throw new DomainError(
        "unprocessable",
        `Only ${book.balances.available} micros are available. Take at most as much.`,
      );
    }
    const txId = book.post(
      {
        ...once,
        type: "adjustment",
        moves: { available: amountMicros, adjustment: -amountMicros },
        sourceKind: "adjustment",
        reversesTxId,
        actor,
        reason,
      },
      limits.money.accountMicrosMax,
    );
    if (amountMicros < 0n) book.takeFromGrants(txId, "adjusted", -amountMicros);
    else {
      book.addGrant({
        id: encodeId("cgr", posting.newId()),
        kind: "manual",
        priority: ADJUSTED_PRIORITY,
        expiresAtMs: null,
        paymentId: null,
        amountMicros,
        txId,
        reason,
        createdBy: actor,
      });
    }
    return { txId, isNew: true };
  });
}

/** Credits of a correction are used like those given by hand. */
const ADJUSTED_PRIORITY = 50;
