import { and, eq } from "drizzle-orm";
import { topUpAttempts } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { lockCheckout, moveCheckout } from "./apply-checkout.ts";
import { type Applied, type Applying, nothing } from "./applying.ts";
import { currencyProblem } from "./currency.ts";
import { lockSettings } from "./payer.ts";
import type { OutcomeFact } from "./payment-facts.ts";
import { grantPayment, type PaymentOrigin } from "./payment-state.ts";
import { recordFailure, recordSuccess } from "./top-up-breaker.ts";

/** How a payment ended: the other way to learn that a checkout was paid, and the only one for auto top-up. */
export async function applyOutcome(ctx: Applying, fact: OutcomeFact): Promise<Applied> {
  if (fact.attemptId !== null) return applyToAttempt(ctx, fact, fact.attemptId);
  if (fact.checkoutId === null) return nothing("ignored");
  const row = await lockCheckout(ctx.db, { id: fact.checkoutId, ref: null });
  if (row === null) return nothing("ignored");
  const { organizationId } = row;
  // A person may try again with another card: the checkout itself says when it has failed.
  if (fact.status !== "succeeded") return nothing("ignored", { organizationId });
  const applied = await grantOutcome(ctx, fact, organizationId, "checkout");
  await moveCheckout(ctx, row, applied.paymentId === null ? "failed" : "paid", applied.paymentId);
  return applied;
}

async function applyToAttempt(ctx: Applying, fact: OutcomeFact, attemptId: string): Promise<Applied> {
  const organizationId = await organizationOfAttempt(ctx.db, attemptId);
  if (organizationId === null) return nothing("ignored");
  await lockSettings(ctx.db, organizationId);
  const here = { organizationId, attemptId, paymentRef: fact.paymentRef };
  if (fact.status === "succeeded") {
    const applied = await grantOutcome(ctx, fact, organizationId, "auto_top_up");
    await recordSuccess(ctx, here);
    return applied;
  }
  await recordFailure(ctx, {
    ...here,
    message:
      fact.status === "requires_action"
        ? "The bank wants the cardholder to confirm the payment. Buy credits by hand once."
        : (fact.message ?? "The payment was declined."),
  });
  return { state: "applied", organizationId, paymentId: null, message: null, known: [] };
}

async function grantOutcome(
  ctx: Applying,
  fact: OutcomeFact,
  organizationId: string,
  origin: PaymentOrigin,
): Promise<Applied> {
  const problem = currencyProblem(fact.currency);
  if (problem !== null) return nothing("ignored", { organizationId, message: problem });
  const payment = await grantPayment(ctx, {
    organizationId,
    paymentRef: fact.paymentRef,
    origin,
    amountMicros: microsOf(fact.amountMicros),
  });
  return {
    state: "applied",
    organizationId,
    paymentId: payment.id,
    message: null,
    known: [fact.paymentRef],
  };
}

async function organizationOfAttempt(db: Db, attemptId: string): Promise<string | null> {
  const [row] = await db
    .select({ organizationId: topUpAttempts.organizationId })
    .from(topUpAttempts)
    .where(and(eq(topUpAttempts.id, attemptId)));
  return row?.organizationId ?? null;
}
