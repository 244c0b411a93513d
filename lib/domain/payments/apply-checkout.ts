import { and, eq, or } from "drizzle-orm";
import { checkoutSessions } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { type Applied, type Applying, nothing } from "./applying.ts";
import { currencyProblem } from "./currency.ts";
import { keepCustomer } from "./payer.ts";
import type { CheckoutFact } from "./payment-facts.ts";
import { grantPayment } from "./payment-state.ts";

export type CheckoutRow = typeof checkoutSessions.$inferSelect;
type Status = CheckoutFact["status"];

/** A status never goes back to one before it. What was paid in the end was paid, whatever failed before. */
const STATUSES: readonly Status[] = ["open", "pending", "expired", "failed", "paid"];

export const laterStatus = (before: string, next: Status): Status => {
  const known = STATUSES.find((status) => status === before) ?? "open";
  return STATUSES.indexOf(next) > STATUSES.indexOf(known) ? next : known;
};

/** Grants what was paid, once; a checkout that nobody began here is somebody else's. */
export async function applyCheckout(ctx: Applying, fact: CheckoutFact): Promise<Applied> {
  const row = await lockCheckout(ctx.db, { id: fact.checkoutId, ref: fact.checkoutRef });
  if (row === null) return nothing("ignored");
  const { organizationId } = row;
  const known: string[] = [];
  if (fact.customerRef !== null && (await keepCustomer(ctx.db, organizationId, fact.customerRef)))
    known.push(fact.customerRef);
  if (fact.status === "paid" && fact.paymentRef !== null) {
    const problem = currencyProblem(fact.currency);
    if (problem !== null) {
      await moveCheckout(ctx, row, "failed", null);
      return nothing("ignored", { organizationId, message: problem, known });
    }
    const payment = await grantPayment(ctx, {
      organizationId,
      paymentRef: fact.paymentRef,
      origin: "checkout",
      amountMicros: microsOf(fact.amountMicros),
    });
    await moveCheckout(ctx, row, "paid", payment.id);
    known.push(fact.paymentRef);
    return { state: "applied", organizationId, paymentId: payment.id, message: null, known };
  }
  // Paid without a payment to refund is not something we sell.
  await moveCheckout(ctx, row, fact.status === "paid" ? "pending" : fact.status, null);
  return { state: "applied", organizationId, paymentId: null, message: null, known };
}

/** The checkout of our id, or of the provider's, for this transaction alone. */
export async function lockCheckout(
  db: Db,
  { id, ref }: { id: string | null; ref: string | null },
): Promise<CheckoutRow | null> {
  const named = [
    ...(id === null ? [] : [eq(checkoutSessions.id, id)]),
    ...(ref === null ? [] : [eq(checkoutSessions.providerRef, ref)]),
  ];
  if (named.length === 0) return null;
  const [row] = await db
    .select()
    .from(checkoutSessions)
    .where(or(...named))
    .limit(1)
    .for("update");
  return row ?? null;
}

export async function moveCheckout(
  ctx: Applying,
  row: CheckoutRow,
  next: Status,
  paymentId: string | null,
): Promise<void> {
  await ctx.db
    .update(checkoutSessions)
    .set({
      status: laterStatus(row.status, next),
      updatedAt: new Date(ctx.clock.nowMs()),
      ...(paymentId === null ? {} : { paymentId }),
    })
    .where(and(eq(checkoutSessions.organizationId, row.organizationId), eq(checkoutSessions.id, row.id)));
}
