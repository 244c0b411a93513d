import { and, eq } from "drizzle-orm";
import { payments } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { actorKey } from "../access/index.ts";
import { raiseAlert } from "../alerts/index.ts";
import { addCredits, clawBack, giveBack } from "../ledger/index.ts";
import { type Applied, type Applying, nothing } from "./applying.ts";
import { currencyProblem } from "./currency.ts";
import { type KnownFacts, targetOf, withFact } from "./known-facts.ts";
import { type FactOfPayment, StoredDisputes, StoredRefunds } from "./payment-facts.ts";

export type PaymentRow = typeof payments.$inferSelect;
export type PaymentOrigin = "checkout" | "auto_top_up";

/** The payment of the provider's ref; the caller holds its lock. */
async function findPayment(db: Db, paymentRef: string): Promise<PaymentRow | null> {
  const [row] = await db.select().from(payments).where(eq(payments.providerRef, paymentRef));
  return row ?? null;
}

export const knownFactsOf = (row: PaymentRow): KnownFacts => ({
  refundedMicros: row.refundedMicros,
  refunds: StoredRefunds.parse(row.refunds),
  disputes: StoredDisputes.parse(row.disputes),
});

/** Grants the credits of a payment that succeeded, once, whoever tells of it and how often. */
export async function grantPayment(
  ctx: Applying,
  paid: { organizationId: string; paymentRef: string; origin: PaymentOrigin; amountMicros: bigint },
): Promise<PaymentRow> {
  const before = await findPayment(ctx.db, paid.paymentRef);
  if (before !== null) return before;
  const { db, clock, ids } = ctx;
  const { organizationId, paymentRef, amountMicros } = paid;
  const id = ids.id("pay");
  const now = new Date(clock.nowMs());
  const { grantId } = await addCredits(
    db,
    {
      organizationId,
      kind: "purchase",
      amountMicros,
      priority: PURCHASE_PRIORITY,
      expiresAtMs: null,
      paymentId: id,
      reason: null,
      idemKey: `payment:${paymentRef}`,
      actor: actorKey(ctx.actor),
    },
    postingOf(ctx),
  );
  const [row] = await db
    .insert(payments)
    .values({
      organizationId,
      id,
      providerRef: paymentRef,
      origin: paid.origin,
      grantedMicros: amountMicros,
      grantId,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  if (!row) throw new Error("inserting a payment answered no row");
  return row;
}

/**
 * Money that went back, or was taken away. The ledger is brought to the target that all known facts give, by the
 * difference to what it has posted: late, repeated and reordered facts end in the same books.
 */
export async function applyToPayment(ctx: Applying, fact: FactOfPayment, toldAtMs: number): Promise<Applied> {
  const row = await findPayment(ctx.db, fact.paymentRef);
  const problem = currencyProblem(fact.currency);
  if (problem !== null)
    return nothing("ignored", { organizationId: row?.organizationId ?? null, message: row ? problem : null });
  if (row === null) return nothing("waiting");
  const known = withFact(knownFactsOf(row), fact, toldAtMs);
  const target = targetOf(known, row.grantedMicros);
  await post(ctx, row, fact, target);
  await ctx.db
    .update(payments)
    .set({
      refundedMicros: known.refundedMicros,
      refunds: known.refunds,
      disputes: known.disputes,
      targetMicros: target,
      postedMicros: target,
      updatedAt: new Date(ctx.clock.nowMs()),
    })
    .where(and(eq(payments.organizationId, row.organizationId), eq(payments.id, row.id)));
  if (fact.kind === "dispute") await tellOfDispute(ctx, row);
  return {
    state: "applied",
    organizationId: row.organizationId,
    paymentId: row.id,
    message: null,
    known: [],
  };
}

async function post(ctx: Applying, row: PaymentRow, fact: FactOfPayment, target: bigint): Promise<void> {
  const delta = target - row.postedMicros;
  if (delta === 0n) return;
  if (row.grantId === null) throw new Error("a payment without a grant has nothing to claw back");
  const move = {
    organizationId: row.organizationId,
    paymentId: row.id,
    grantId: row.grantId,
    amountMicros: delta > 0n ? delta : -delta,
    reason: reasonOf(fact, delta),
    // The row of the payment is what makes this happen once: what was posted and the facts behind it change together.
    idemKey: `payment:${row.id}:${ctx.ids.uuid()}`,
    actor: actorKey(ctx.actor),
  };
  await (delta > 0n ? clawBack(ctx.db, move, postingOf(ctx)) : giveBack(ctx.db, move, postingOf(ctx)));
}

const reasonOf = (fact: FactOfPayment, delta: bigint): string => {
  if (fact.kind === "dispute")
    return delta > 0n
      ? "A dispute took the money of a payment."
      : "A dispute gave the money of a payment back.";
  return delta > 0n ? "A payment was refunded." : "A refund failed.";
};

const postingOf = ({ clock, ids }: Applying) => ({ nowMs: clock.nowMs(), newId: () => ids.uuid() });

/** The same as of credits given by hand: among equals those that expire sooner go first, and gifts before paid ones. */
const PURCHASE_PRIORITY = 50;

/** Once per payment, when its first dispute is heard of. */
async function tellOfDispute(ctx: Applying, row: PaymentRow): Promise<void> {
  await raiseAlert(ctx, {
    organizationId: row.organizationId,
    rule: "payment_disputed",
    scope: "organization",
    severity: "critical",
    title: "A payment is disputed",
    detail:
      "The bank of a cardholder disputes a payment. Its credits are taken back while the money is gone, and auto top-up waits until the dispute is closed. Answer it at the payment provider.",
    path: "/settings/billing",
    periodStart: row.createdAt,
  });
}
