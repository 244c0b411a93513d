import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { checkoutSessions, creditGrants, payments } from "#drizzle/schema/index.ts";
import { CheckoutSession } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { encodeId } from "#lib/kernel/ids.ts";

type CheckoutRow = typeof checkoutSessions.$inferSelect;

/** How a caller names a checkout. */
export const CheckoutRef = z.object({ session: z.string().min(1).max(64) });

/** The checkout of the organization; a stranger's is missing. */
export async function getCheckoutRow(db: Db, organizationId: string, id: string): Promise<CheckoutRow> {
  const [row] = await db
    .select()
    .from(checkoutSessions)
    .where(and(eq(checkoutSessions.organizationId, organizationId), eq(checkoutSessions.id, id)));
  if (!row) throw notFound("checkout session");
  return row;
}

/** The checkout as it is told, with the transaction that brought its credits. */
export async function describeCheckout(db: Db, row: CheckoutRow): Promise<CheckoutSession> {
  const { organizationId, paymentId } = row;
  const [grant] =
    paymentId === null
      ? []
      : await db
          .select({ txId: creditGrants.txId })
          .from(payments)
          .innerJoin(
            creditGrants,
            and(
              eq(creditGrants.organizationId, payments.organizationId),
              eq(creditGrants.id, payments.grantId),
            ),
          )
          .where(and(eq(payments.organizationId, organizationId), eq(payments.id, paymentId)));
  return {
    id: row.id,
    status: CheckoutSession.shape.status.parse(row.status),
    // A page to pay on is of use only while nothing is paid.
    url: row.status === "open" ? row.url : null,
    amountMicros: String(row.amountMicros),
    txId: grant ? encodeId("tx", grant.txId) : null,
    createdAt: row.createdAt.toISOString(),
  };
}
