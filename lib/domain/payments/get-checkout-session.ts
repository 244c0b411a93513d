import { query } from "../access/index.ts";
import { CheckoutRef, describeCheckout, getCheckoutRow } from "./checkout-row.ts";

/** One checkout of the organization, as far as is known here; `syncCheckoutSession` asks the provider. */
export const getCheckoutSession = query({
  name: "checkout.get",
  scope: "billing:read",
  input: CheckoutRef,
  run: async ({ database: { db }, organization }, { session }) =>
    describeCheckout(db, await getCheckoutRow(db, organization.id, session)),
});
