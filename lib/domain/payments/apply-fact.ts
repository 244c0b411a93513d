import { applyCheckout } from "./apply-checkout.ts";
import { applyCustomerGone, applyMethod } from "./apply-method.ts";
import { applyOutcome } from "./apply-outcome.ts";
import { type Applied, type Applying, nothing } from "./applying.ts";
import type { PaymentFact } from "./payment-facts.ts";
import { applyToPayment } from "./payment-state.ts";

/**
 * Brings the books to where `fact` says they belong. Safe to repeat, and the order of facts does not matter. The caller
 * holds `lockRefs` of the fact.
 */
export function applyFact(ctx: Applying, fact: PaymentFact, toldAtMs: number): Promise<Applied> | Applied {
  switch (fact.kind) {
    case "checkout":
      return applyCheckout(ctx, fact);
    case "outcome":
      return applyOutcome(ctx, fact);
    case "refunded":
    case "refund":
    case "dispute":
      return applyToPayment(ctx, fact, toldAtMs);
    case "method":
      return applyMethod(ctx, fact, toldAtMs);
    case "customer_gone":
      return applyCustomerGone(ctx, fact.customerRef);
    default:
      return nothing("ignored");
  }
}
