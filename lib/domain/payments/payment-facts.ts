import { z } from "zod";
import { Micros, NaturalMicros } from "#lib/contract/money.ts";

/**
 * What a provider's events say, as facts in our own words. Facts are stored with their event, so they are JSON: amounts
 * are micros as decimal strings. Nothing of a card is in them but its brand, last digits and fingerprint.
 */
const Ref = z.string().min(1).max(255);
const Currency = z.string().min(1).max(10);

/** A checkout that we began. `paid` counts only with a payment. */
const CheckoutFact = z.object({
  kind: z.literal("checkout"),
  checkoutRef: Ref,
  /** Our id of it, which it carries. */
  checkoutId: z.string().max(64).nullable(),
  status: z.enum(["open", "pending", "paid", "expired", "failed"]),
  paymentRef: Ref.nullable(),
  customerRef: Ref.nullable(),
  amountMicros: NaturalMicros,
  currency: Currency,
});
export type CheckoutFact = z.infer<typeof CheckoutFact>;

/** A payment that ended or cannot go on. `checkoutId` and `attemptId` are our ids, which we gave it to carry. */
const OutcomeFact = z.object({
  kind: z.literal("outcome"),
  paymentRef: Ref,
  status: z.enum(["succeeded", "failed", "requires_action"]),
  /** What was received. */
  amountMicros: NaturalMicros,
  currency: Currency,
  customerRef: Ref.nullable(),
  checkoutId: z.string().max(64).nullable(),
  attemptId: z.string().max(64).nullable(),
  message: z.string().max(500).nullable(),
});
export type OutcomeFact = z.infer<typeof OutcomeFact>;

/** How much of a payment was refunded so far, in all. */
const RefundedFact = z.object({
  kind: z.literal("refunded"),
  paymentRef: Ref,
  refundedMicros: NaturalMicros,
  currency: Currency,
});

const RefundFact = z.object({
  kind: z.literal("refund"),
  paymentRef: Ref,
  refundRef: Ref,
  amountMicros: NaturalMicros,
  currency: Currency,
  status: z.enum(["pending", "requires_action", "succeeded", "canceled", "failed"]),
});

const DisputeFact = z.object({
  kind: z.literal("dispute"),
  paymentRef: Ref,
  disputeRef: Ref,
  amountMicros: NaturalMicros,
  currency: Currency,
  /** What the provider took for it, and gave back, as far as this event shows. */
  withdrawnMicros: NaturalMicros,
  reinstatedMicros: NaturalMicros,
  status: z.string().max(64),
  isOpen: z.boolean(),
});

/** A card or account that may be charged again. */
const MethodFact = z.object({
  kind: z.literal("method"),
  methodRef: Ref,
  customerRef: Ref,
  /** The same for the same card; the method's own id where a provider knows none. */
  fingerprint: z.string().max(255),
  brand: z.string().max(64).nullable(),
  last4: z.string().max(4).nullable(),
  /** When it was first seen by the provider: the newest one is charged. */
  createdAtMs: z.number().int(),
  isDetached: z.boolean(),
});
export type MethodFact = z.infer<typeof MethodFact>;

const CustomerGoneFact = z.object({ kind: z.literal("customer_gone"), customerRef: Ref });

export const PaymentFact = z.discriminatedUnion("kind", [
  CheckoutFact,
  OutcomeFact,
  RefundedFact,
  RefundFact,
  DisputeFact,
  MethodFact,
  CustomerGoneFact,
]);
export type PaymentFact = z.infer<typeof PaymentFact>;
export type FactOfPayment = Extract<PaymentFact, { kind: "refunded" | "refund" | "dispute" }>;

/** A verified event. `fact` is null for what says nothing about credits. */
export const PaymentEvent = z.object({
  id: Ref,
  type: z.string().min(1).max(255),
  createdAtMs: z.number().int(),
  fact: PaymentFact.nullable(),
  /** Why an event that should say something could not be read. */
  problem: z.string().nullable(),
});
export type PaymentEvent = z.infer<typeof PaymentEvent>;

/** The provider's payments and customers that a fact is about; what is done about one is done one after the other. */
export function refsOf(fact: PaymentFact): string[] {
  const refs = [
    "paymentRef" in fact ? fact.paymentRef : null,
    "customerRef" in fact ? fact.customerRef : null,
    fact.kind === "checkout" ? fact.checkoutRef : null,
  ];
  return [...new Set(refs.filter((ref) => ref !== null))].sort();
}

/** Stored facts of payments, as `payments.refunds` and `payments.disputes` hold them. */
export const StoredRefunds = z.record(
  z.string(),
  z.object({ amountMicros: Micros, status: RefundFact.shape.status }),
);
export const StoredDisputes = z.record(
  z.string(),
  z.object({
    amountMicros: Micros,
    withdrawnMicros: Micros,
    reinstatedMicros: Micros,
    status: z.string(),
    isOpen: z.boolean(),
    toldAtMs: z.number(),
  }),
);
export const StoredMethods = z.record(
  z.string(),
  z.object({
    fingerprint: z.string(),
    brand: z.string().nullable(),
    last4: z.string().nullable(),
    createdAtMs: z.number(),
    toldAtMs: z.number(),
    isDetached: z.boolean(),
  }),
);
