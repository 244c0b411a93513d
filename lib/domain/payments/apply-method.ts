import { eq } from "drizzle-orm";
import type { z } from "zod";
import { billingSettings } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Applied, type Applying, nothing } from "./applying.ts";
import { type BillingSettingsRow, lockSettings } from "./payer.ts";
import { type MethodFact, StoredMethods } from "./payment-facts.ts";

type Methods = z.infer<typeof StoredMethods>;

/** Remembers a saved card, or that it is gone. Another card than before lets auto top-up try again. */
export async function applyMethod(ctx: Applying, fact: MethodFact, toldAtMs: number): Promise<Applied> {
  const row = await settingsOfCustomer(ctx.db, fact.customerRef);
  if (row === null) return nothing("waiting");
  const methods = withMethod(StoredMethods.parse(row.paymentMethods), fact, toldAtMs);
  const used = usedOf(methods);
  const isAnother = used !== null && used.fingerprint !== row.paymentMethodFingerprint;
  await ctx.db
    .update(billingSettings)
    .set({
      paymentMethods: methods,
      paymentMethodRef: used?.methodRef ?? null,
      // The last card's stays known while there is none: saving the same card again is no reason to try again.
      ...(used === null ? {} : { paymentMethodFingerprint: used.fingerprint }),
      ...(isAnother ? { topUpFailures: 0, topUpStoppedAt: null, topUpStopReason: null } : {}),
      updatedAt: new Date(ctx.clock.nowMs()),
    })
    .where(eq(billingSettings.organizationId, row.organizationId));
  return {
    state: "applied",
    organizationId: row.organizationId,
    paymentId: null,
    message: null,
    known: [],
  };
}

/** The organization pays as nobody any more, until it buys again. */
export async function applyCustomerGone(ctx: Applying, customerRef: string): Promise<Applied> {
  const row = await settingsOfCustomer(ctx.db, customerRef);
  if (row === null) return nothing("ignored");
  await ctx.db
    .update(billingSettings)
    .set({
      customerRef: null,
      paymentMethods: {},
      paymentMethodRef: null,
      updatedAt: new Date(ctx.clock.nowMs()),
    })
    .where(eq(billingSettings.organizationId, row.organizationId));
  return {
    state: "applied",
    organizationId: row.organizationId,
    paymentId: null,
    message: null,
    known: [],
  };
}

/** A method that was detached stays so; of the rest the newest word counts. Bounded: the oldest ones go. */
export function withMethod(methods: Methods, fact: MethodFact, toldAtMs: number): Methods {
  const { methodRef, fingerprint, brand, last4, createdAtMs, isDetached } = fact;
  const told = { fingerprint, brand, last4, createdAtMs, toldAtMs, isDetached };
  const before = methods[methodRef];
  const newest = before !== undefined && before.toldAtMs > toldAtMs ? before : told;
  const all = {
    ...methods,
    [methodRef]: { ...newest, isDetached: isDetached || (before?.isDetached ?? false) },
  };
  return Object.fromEntries(
    Object.entries(all)
      .sort(([leftRef, left], [rightRef, right]) =>
        left.createdAtMs === right.createdAtMs
          ? leftRef < rightRef
            ? 1
            : -1
          : right.createdAtMs - left.createdAtMs,
      )
      .slice(0, limits.money.paymentMethodsMax),
  );
}

/** The newest method that is still attached. */
export function usedOf(methods: Methods): (Methods[string] & { readonly methodRef: string }) | null {
  let used: (Methods[string] & { readonly methodRef: string }) | null = null;
  for (const [methodRef, method] of Object.entries(methods)) {
    if (method.isDetached) continue;
    const isNewer =
      used === null ||
      method.createdAtMs > used.createdAtMs ||
      (method.createdAtMs === used.createdAtMs && methodRef > used.methodRef);
    if (isNewer) used = { ...method, methodRef };
  }
  return used;
}

async function settingsOfCustomer(db: Db, customerRef: string): Promise<BillingSettingsRow | null> {
  const [found] = await db
    .select({ organizationId: billingSettings.organizationId })
    .from(billingSettings)
    .where(eq(billingSettings.customerRef, customerRef));
  return found ? lockSettings(db, found.organizationId) : null;
}
