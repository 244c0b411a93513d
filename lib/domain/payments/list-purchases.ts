import { and, desc, eq, gt } from "drizzle-orm";
import { z } from "zod";
import { payments } from "#drizzle/schema/index.ts";
import type { Purchase } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { disputedOf, refundedOf } from "./known-facts.ts";
import { knownFactsOf, type PaymentRow } from "./payment-state.ts";

/** What was paid and what became of it, newest first, at most `limits.money.purchasesShownMax`. */
export const listPurchases = query({
  name: "purchase.list",
  scope: "billing:read",
  input: z.object({}),
  run: async ({ database, organization }): Promise<Purchase[]> => {
    const rows = await database.db
      .select()
      .from(payments)
      .where(and(eq(payments.organizationId, organization.id), gt(payments.grantedMicros, 0n)))
      .orderBy(desc(payments.createdAt), desc(payments.id))
      .limit(limits.money.purchasesShownMax);
    return rows.map(toPurchase);
  },
});

function toPurchase(row: PaymentRow): Purchase {
  const known = knownFactsOf(row);
  const refunded = refundedOf(known);
  const disputed = disputedOf(known);
  const isDisputed = disputed > 0n || Object.values(known.disputes).some(({ isOpen }) => isOpen);
  return {
    id: row.id,
    paymentRef: row.providerRef,
    amountMicros: String(row.grantedMicros),
    refundedMicros: String(refunded),
    disputedMicros: String(disputed),
    status: isDisputed
      ? "disputed"
      : refunded >= row.grantedMicros
        ? "refunded"
        : refunded > 0n
          ? "partly_refunded"
          : "paid",
    origin: row.origin === "auto_top_up" ? "auto_top_up" : "checkout",
    at: row.createdAt.toISOString(),
  };
}
