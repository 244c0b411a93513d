import { DomainError } from "#lib/kernel/errors.ts";
import type { Doors } from "../access/index.ts";
import type { PaymentProvider } from "./payment-provider.ts";

const HOW_TO =
  "Buying credits is not set up. An operator sets STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET and points a webhook of Stripe to /webhooks/stripe; until then an owner can grant credits by hand.";

/** Who sells credits here, and what to do to make buying possible. */
export const paymentSetUp = ({
  payments,
}: Pick<Doors, "payments">): { provider: "none" | "stripe"; setUp: string | null } =>
  payments === null ? { provider: "none", setUp: HOW_TO } : { provider: payments.name, setUp: null };

/** The provider, or `conflict` with what to do. */
export function requireProvider({ payments }: Pick<Doors, "payments">): PaymentProvider {
  if (payments === null) throw new DomainError("conflict", HOW_TO, { details: { provider: "none" } });
  return payments;
}
