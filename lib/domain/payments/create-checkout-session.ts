import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { billingSettings, checkoutSessions, organizations } from "#drizzle/schema/index.ts";
import { type CheckoutSession, CreateCheckoutSession } from "#lib/contract/index.ts";
import { MICROS_PER_USD } from "#lib/kernel/money.ts";
import { type Ctx, command, workflow } from "../access/index.ts";
import { userIdOf } from "../servers/index.ts";
import { CheckoutRef, describeCheckout, getCheckoutRow } from "./checkout-row.ts";
import { keepCustomer, lockSettings } from "./payer.ts";
import type { PaymentProvider } from "./payment-provider.ts";
import { requireProvider } from "./set-up.ts";
import { withoutKey } from "./without-key.ts";

/**
 * Begins to buy credits on the provider's page; they come when the payment does. Throws `conflict` where no provider is
 * configured and `upstream_failed` when it does not answer: the same call with the same Idempotency-Key then goes on with
 * the same checkout.
 */
export const createCheckoutSession = workflow({
  name: "checkout.create",
  scope: "billing:write",
  input: CreateCheckoutSession,
  run: async (ctx, input): Promise<CheckoutSession> => {
    const provider = requireProvider(ctx.doors);
    const begun = await beginCheckout(ctx, input);
    // What was begun under the caller's key is found again by it; what follows is the same whenever it is repeated.
    const inner = withoutKey(ctx);
    const row = await getCheckoutRow(ctx.database.db, ctx.organization.id, begun.session);
    if (row.providerRef !== null) return describeCheckout(ctx.database.db, row);
    const { organization, doors } = ctx;
    const page = `/${organization.slug}/settings/billing`;
    const { checkoutRef, url } = await provider.createCheckout({
      checkoutId: row.id,
      organizationId: organization.id,
      customerRef: await customerOf(inner, provider),
      amountMicros: row.amountMicros,
      successUrl: doors.dashboardUrl(`${page}?checkout=${row.id}`),
      cancelUrl: doors.dashboardUrl(page),
      idempotencyKey: `mcpstack-checkout-${row.id}`,
    });
    return keepCheckout(inner, { session: row.id, checkoutRef, url });
  },
});

const beginCheckout = command({
  name: "checkout.begin",
  scope: "billing:write",
  input: CreateCheckoutSession,
  run: async (ctx, { creditAmountUsd }) => {
    const id = ctx.ids.id("cks");
    const now = new Date(ctx.clock.nowMs());
    const amountMicros = BigInt(creditAmountUsd) * MICROS_PER_USD;
    await ctx.db.insert(checkoutSessions).values({
      organizationId: ctx.organization.id,
      id,
      amountMicros,
      status: "open",
      createdBy: userIdOf(ctx.actor),
      createdAt: now,
      updatedAt: now,
    });
    return {
      value: { session: id },
      audit: { entity: "checkout", entityId: id, after: { amountMicros: String(amountMicros) } },
    };
  },
});

/** Whom the organization pays as; makes it at the provider the first time. */
async function customerOf(ctx: Ctx, provider: PaymentProvider): Promise<string> {
  const { db } = ctx.database;
  const [row] = await db
    .select({ name: organizations.name, customerRef: billingSettings.customerRef })
    .from(organizations)
    .leftJoin(billingSettings, eq(billingSettings.organizationId, organizations.id))
    .where(eq(organizations.id, ctx.organization.id));
  if (row?.customerRef) return row.customerRef;
  const customerRef = await provider.createCustomer({
    organizationId: ctx.organization.id,
    name: row?.name ?? ctx.organization.slug,
    idempotencyKey: `mcpstack-customer-${ctx.requestId}`,
  });
  return (await rememberCustomer(ctx, { customerRef })).customerRef;
}

const rememberCustomer = command({
  name: "checkout.rememberCustomer",
  scope: "billing:write",
  input: z.object({ customerRef: z.string() }),
  run: async (ctx, { customerRef }) => {
    await keepCustomer(ctx.db, ctx.organization.id, customerRef);
    const settings = await lockSettings(ctx.db, ctx.organization.id);
    return {
      value: { customerRef: settings.customerRef ?? customerRef },
      audit: { entity: "billingSettings", entityId: ctx.organization.id, after: { customerRef } },
    };
  },
});

const keepCheckout = command({
  name: "checkout.keep",
  scope: "billing:write",
  input: CheckoutRef.extend({ checkoutRef: z.string(), url: z.string().nullable() }),
  run: async (ctx, { session, checkoutRef, url }) => {
    const [row] = await ctx.db
      .update(checkoutSessions)
      .set({ providerRef: checkoutRef, url, updatedAt: new Date(ctx.clock.nowMs()) })
      .where(and(eq(checkoutSessions.organizationId, ctx.organization.id), eq(checkoutSessions.id, session)))
      .returning();
    if (!row) throw new Error("a checkout that was begun is gone");
    return {
      value: await describeCheckout(ctx.db, row),
      audit: { entity: "checkout", entityId: session, after: { checkoutRef } },
    };
  },
});
