import { z } from "zod";
import type { CheckoutFact, MethodFact, OutcomeFact, PaymentFact } from "../payment-facts.ts";

/**
 * The few fields of Stripe's objects that credits depend on, read by their shape: an account's events come in the API
 * version that its owner chose, not in the library's.
 */
export const Ref = z.union([
  z.string().min(1),
  z.object({ id: z.string().min(1) }).transform(({ id }) => id),
]);
const Cents = z.number().int().nonnegative();
const Metadata = z.record(z.string(), z.string()).nullish();

/** Our ids, as payments carry them. */
export const METADATA = {
  organization: "mcpstack_organization",
  checkout: "mcpstack_checkout",
  attempt: "mcpstack_attempt",
} as const;

/** Exact: 1 cent is 10,000 micros. Throws a RangeError for what is no whole number of cents. */
export function centsToMicros(cents: number): string {
  if (!Number.isSafeInteger(cents) || cents < 0) throw new RangeError("not an amount in cents");
  return String(BigInt(cents) * 10_000n);
}

/** Throws a RangeError for amounts that are no whole cents. */
export function microsToCents(micros: bigint): number {
  if (micros % 10_000n !== 0n || micros < 0n) throw new RangeError("not a whole number of cents");
  return Number(micros / 10_000n);
}

export const CheckoutSession = z.object({
  id: z.string(),
  status: z.enum(["open", "complete", "expired"]).nullish(),
  payment_status: z.enum(["paid", "unpaid", "no_payment_required"]),
  client_reference_id: z.string().nullish(),
  payment_intent: Ref.nullish(),
  customer: Ref.nullish(),
  amount_total: Cents.nullish(),
  currency: z.string().nullish(),
});

export function factOfCheckout(session: z.infer<typeof CheckoutSession>): CheckoutFact {
  const { status, payment_status: payment } = session;
  return {
    kind: "checkout",
    checkoutRef: session.id,
    checkoutId: session.client_reference_id?.slice(0, 64) ?? null,
    status:
      payment === "paid"
        ? "paid"
        : status === "expired"
          ? "expired"
          : status === "complete"
            ? "pending"
            : "open",
    paymentRef: session.payment_intent ?? null,
    customerRef: session.customer ?? null,
    amountMicros: centsToMicros(session.amount_total ?? 0),
    currency: session.currency ?? "none",
  };
}

export const PaymentIntent = z.object({
  id: z.string(),
  status: z.string(),
  amount_received: Cents.nullish(),
  currency: z.string(),
  customer: Ref.nullish(),
  metadata: Metadata,
  last_payment_error: z.object({ message: z.string().nullish() }).nullish(),
});

/** Null while it is under way. */
export function factOfIntent(intent: z.infer<typeof PaymentIntent>): OutcomeFact | null {
  const status = OUTCOMES[intent.status];
  if (status === undefined) return null;
  return {
    kind: "outcome",
    paymentRef: intent.id,
    status,
    amountMicros: centsToMicros(intent.amount_received ?? 0),
    currency: intent.currency,
    customerRef: intent.customer ?? null,
    checkoutId: intent.metadata?.[METADATA.checkout] ?? null,
    attemptId: intent.metadata?.[METADATA.attempt] ?? null,
    message: intent.last_payment_error?.message?.slice(0, 300) ?? null,
  };
}

const OUTCOMES: Readonly<Record<string, OutcomeFact["status"] | undefined>> = {
  succeeded: "succeeded",
  requires_payment_method: "failed",
  canceled: "failed",
  requires_action: "requires_action",
};

export const Charge = z.object({
  id: z.string(),
  payment_intent: Ref.nullish(),
  amount_refunded: Cents,
  currency: z.string(),
});

/** Null for a charge without a payment intent, which none of ours is. */
export const factOfCharge = (charge: z.infer<typeof Charge>): PaymentFact | null =>
  charge.payment_intent == null
    ? null
    : {
        kind: "refunded",
        paymentRef: charge.payment_intent,
        refundedMicros: centsToMicros(charge.amount_refunded),
        currency: charge.currency,
      };

export const Refund = z.object({
  id: z.string(),
  payment_intent: Ref.nullish(),
  amount: Cents,
  currency: z.string(),
  status: z.enum(["pending", "requires_action", "succeeded", "canceled", "failed"]),
});

export const factOfRefund = (refund: z.infer<typeof Refund>): PaymentFact | null =>
  refund.payment_intent == null
    ? null
    : {
        kind: "refund",
        paymentRef: refund.payment_intent,
        refundRef: refund.id,
        amountMicros: centsToMicros(refund.amount),
        currency: refund.currency,
        status: refund.status,
      };

export const Dispute = z.object({
  id: z.string(),
  payment_intent: Ref.nullish(),
  amount: Cents,
  currency: z.string(),
  status: z.string().max(64),
  balance_transactions: z.array(z.object({ amount: z.number().int(), currency: z.string() })).nullish(),
});

const CLOSED: ReadonlySet<string> = new Set(["won", "lost", "warning_closed", "prevented"]);

/** What an event without a word about funds still shows of them, if they moved in the currency of the payment. */
export function factOfDispute(
  dispute: z.infer<typeof Dispute>,
): Extract<PaymentFact, { kind: "dispute" }> | null {
  if (dispute.payment_intent == null) return null;
  const moves = (dispute.balance_transactions ?? []).filter(({ currency }) => currency === dispute.currency);
  const sum = (sign: 1 | -1): number =>
    moves.reduce((total, { amount }) => total + Math.max(0, sign * amount), 0);
  return {
    kind: "dispute",
    paymentRef: dispute.payment_intent,
    disputeRef: dispute.id,
    amountMicros: centsToMicros(dispute.amount),
    currency: dispute.currency,
    withdrawnMicros: centsToMicros(sum(-1)),
    reinstatedMicros: centsToMicros(sum(1)),
    status: dispute.status,
    isOpen: !CLOSED.has(dispute.status),
  };
}

export const PaymentMethod = z.object({
  id: z.string(),
  created: z.number().int().nonnegative(),
  customer: Ref.nullish(),
  card: z
    .object({
      brand: z.string().max(64).nullish(),
      last4: z.string().max(4).nullish(),
      fingerprint: z.string().max(255).nullish(),
    })
    .nullish(),
});

/** Null for a method of no customer: nobody can be charged by it. */
export function factOfMethod(
  method: z.infer<typeof PaymentMethod>,
  said: { readonly isDetached: boolean; readonly customerBefore: string | null },
): MethodFact | null {
  const customerRef = method.customer ?? said.customerBefore;
  if (customerRef === null) return null;
  return {
    kind: "method",
    methodRef: method.id,
    customerRef,
    fingerprint: method.card?.fingerprint ?? method.id,
    brand: method.card?.brand ?? null,
    last4: method.card?.last4 ?? null,
    createdAtMs: method.created * 1000,
    isDetached: said.isDetached,
  };
}
