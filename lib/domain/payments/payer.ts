import { and, eq, isNull } from "drizzle-orm";
import { billingSettings } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";

export type BillingSettingsRow = typeof billingSettings.$inferSelect;

/** The billing settings of an organization for this transaction alone; makes them when there are none. */
export async function lockSettings(db: Db, organizationId: string): Promise<BillingSettingsRow> {
  await db.insert(billingSettings).values({ organizationId }).onConflictDoNothing();
  const [row] = await db
    .select()
    .from(billingSettings)
    .where(eq(billingSettings.organizationId, organizationId))
    .for("update");
  if (!row) throw new Error("an organization has no billing settings after they were made");
  return row;
}

/** Remembers whom the organization pays as. The first one stays; answers whether it is this one. */
export async function keepCustomer(db: Db, organizationId: string, customerRef: string): Promise<boolean> {
  const { customerRef: before } = await lockSettings(db, organizationId);
  if (before !== null) return before === customerRef;
  const [taken] = await db
    .select({ id: billingSettings.organizationId })
    .from(billingSettings)
    .where(eq(billingSettings.customerRef, customerRef));
  if (taken) return false;
  await db
    .update(billingSettings)
    .set({ customerRef })
    .where(and(eq(billingSettings.organizationId, organizationId), isNull(billingSettings.customerRef)));
  return true;
}
