import { smaller } from "./amounts.ts";
import type { Book } from "./book.ts";
import { isExpired } from "./grant-order.ts";

/** Rules that hold whenever books are opened or closed, whatever else is done with them. */

/**
 * Credits past their expiry leave `available`, as far as no call has set them aside: those leave when they come back.
 */
export function postExpiry(book: Book, nowMs: number): void {
  for (const grant of [...book.grants]) {
    if (!isExpired(grant, nowMs)) continue;
    const amount = smaller(grant.remainingMicros, book.balances.available);
    if (amount === 0n) continue;
    const txId = book.post({
      type: "expiry",
      moves: { available: -amount, expired: amount },
      sourceKind: "grant",
      sourceId: grant.id,
      actor: "system:ledger",
      effectiveAtMs: grant.expiresAtMs ?? nowMs,
    });
    book.takeFromGrants(txId, "expired", amount, (other) => other === grant);
  }
}

/** What is owed is paid as soon as anything is available: never are there credits and a debt at once. */
export function payDebt(book: Book): void {
  const amount = smaller(book.balances.available, -book.balances.debt);
  if (amount === 0n) return;
  const txId = book.post({
    type: "debt_payment",
    moves: { available: -amount, debt: amount },
    sourceKind: "ledger",
    actor: "system:ledger",
  });
  book.takeFromGrants(txId, "debt", amount);
}
