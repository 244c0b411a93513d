import { z } from "zod";
import type { CheckoutSession } from "#lib/contract/index.ts";
import { command, workflow } from "../access/index.ts";
import { applyFact } from "./apply-fact.ts";
import { lockRefs } from "./applying.ts";
import { CheckoutRef, describeCheckout, getCheckoutRow } from "./checkout-row.ts";
import { PaymentFact, refsOf } from "./payment-facts.ts";
import { requireProvider } from "./set-up.ts";
import { withoutKey } from "./without-key.ts";

/**
 * Asks the provider what became of a checkout and brings the books there, as its webhooks do: whoever comes first, credits
 * are granted once. Throws `conflict` where no provider is configured.
 */
export const syncCheckoutSession = workflow({
  name: "checkout.sync",
  scope: "billing:write",
  input: CheckoutRef,
  run: async (ctx, { session }): Promise<CheckoutSession> => {
    const row = await getCheckoutRow(ctx.database.db, ctx.organization.id, session);
    const provider = requireProvider(ctx.doors);
    // The provider never heard of it: there is nothing to learn.
    if (row.providerRef === null) return describeCheckout(ctx.database.db, row);
    const facts = await provider.retrieveCheckout(row.providerRef);
    return applyFacts(withoutKey(ctx), { session, facts: [...facts] });
  },
});

const applyFacts = command({
  name: "checkout.applyFacts",
  scope: "billing:write",
  input: CheckoutRef.extend({ facts: z.array(PaymentFact) }),
  run: async (ctx, { session, facts }) => {
    await lockRefs(ctx.db, facts.flatMap(refsOf));
    for (const fact of facts) await applyFact(ctx, fact, ctx.clock.nowMs());
    const row = await getCheckoutRow(ctx.db, ctx.organization.id, session);
    return {
      value: await describeCheckout(ctx.db, row),
      audit: { entity: "checkout", entityId: session, after: { status: row.status } },
    };
  },
});
