import { z } from "zod";
import { limits } from "#lib/kernel/limits.ts";
import type { PaymentEvent, PaymentFact } from "../payment-facts.ts";
import {
  Charge,
  CheckoutSession,
  centsToMicros,
  Dispute,
  factOfCharge,
  factOfCheckout,
  factOfDispute,
  factOfIntent,
  factOfMethod,
  factOfRefund,
  PaymentIntent,
  PaymentMethod,
  Ref,
  Refund,
} from "./stripe-objects.ts";

const Event = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.number().int().nonnegative(),
  livemode: z.boolean(),
  data: z.object({ object: z.unknown(), previous_attributes: z.unknown().optional() }),
});
type Event = z.infer<typeof Event>;

type Reader = (event: Event) => PaymentFact | null;

const checkout =
  (failed: boolean): Reader =>
  ({ data }) => {
    const fact = factOfCheckout(CheckoutSession.parse(data.object));
    return failed ? { ...fact, status: "failed" } : fact;
  };
const intent: Reader = ({ data }) => factOfIntent(PaymentIntent.parse(data.object));
const refund: Reader = ({ data }) => factOfRefund(Refund.parse(data.object));
const dispute: Reader = ({ data, type }) => {
  const object = Dispute.parse(data.object);
  const fact = factOfDispute(object);
  if (fact === null) return null;
  const all = centsToMicros(object.amount);
  if (type === "charge.dispute.funds_withdrawn") return { ...fact, withdrawnMicros: all };
  // What comes back was taken before.
  if (type === "charge.dispute.funds_reinstated")
    return { ...fact, withdrawnMicros: all, reinstatedMicros: all };
  return fact;
};
const method: Reader = ({ data, type }) => {
  const isDetached = type === "payment_method.detached";
  const before = z.object({ customer: Ref.nullish() }).safeParse(data.previous_attributes);
  return factOfMethod(PaymentMethod.parse(data.object), {
    isDetached,
    customerBefore: (before.success ? before.data.customer : null) ?? null,
  });
};

/** What we read. Everything else (invoices, subscriptions: plans are not bought here) is acknowledged and ignored. */
const READERS: Readonly<Record<string, Reader>> = {
  "checkout.session.completed": checkout(false),
  "checkout.session.async_payment_succeeded": checkout(false),
  "checkout.session.async_payment_failed": checkout(true),
  "checkout.session.expired": checkout(false),
  "payment_intent.succeeded": intent,
  "payment_intent.payment_failed": intent,
  "payment_intent.requires_action": intent,
  "charge.refunded": ({ data }) => factOfCharge(Charge.parse(data.object)),
  "charge.refund.updated": refund,
  "refund.created": refund,
  "refund.updated": refund,
  "refund.failed": refund,
  "charge.dispute.created": dispute,
  "charge.dispute.closed": dispute,
  "charge.dispute.funds_withdrawn": dispute,
  "charge.dispute.funds_reinstated": dispute,
  "payment_method.attached": method,
  "payment_method.automatically_updated": method,
  "payment_method.detached": method,
  "customer.deleted": ({ data }) => ({
    kind: "customer_gone",
    customerRef: z.object({ id: z.string() }).parse(data.object).id,
  }),
};

/** The types that are asked for when events are listed; Stripe takes at most 20. */
export const READ_TYPES: readonly string[] = Object.keys(READERS);

/** What an event of any API version is, or null when it is none. `fact` is null, with a problem, for one that cannot be read. */
export function readEvent(value: unknown): (PaymentEvent & { readonly isLive: boolean }) | null {
  const parsed = Event.safeParse(value);
  if (!parsed.success) return null;
  const event = parsed.data;
  const { id, type, livemode } = event;
  const head = { id, type, createdAtMs: event.created * 1000, isLive: livemode };
  try {
    return { ...head, fact: READERS[type]?.(event) ?? null, problem: null };
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof RangeError)) throw error;
    const where = error instanceof z.ZodError ? (error.issues[0]?.path.join(".") ?? "") : "amount";
    const problem = `This event cannot be read (${where}). Look at it in the provider's dashboard.`;
    return { ...head, fact: null, problem: problem.slice(0, limits.money.reasonCharactersMax) };
  }
}
