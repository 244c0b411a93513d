import { eq } from "drizzle-orm";
import { z } from "zod";
import { billingSettings } from "#drizzle/schema/index.ts";
import { CreditAlertSettings } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { command, query } from "../access/index.ts";

const DEFAULT_THRESHOLDS = [50, 80, 95, 100];

async function thresholdsOf(db: Db, organizationId: string): Promise<number[]> {
  const [row] = await db
    .select({ thresholds: billingSettings.alertThresholds })
    .from(billingSettings)
    .where(eq(billingSettings.organizationId, organizationId));
  return row?.thresholds ?? DEFAULT_THRESHOLDS;
}

/** At which shares of the credits an alert goes out. */
export const getCreditAlerts = query({
  name: "creditAlerts.get",
  scope: "billing:read",
  input: z.object({}),
  run: async (ctx): Promise<CreditAlertSettings> => ({
    thresholds: await thresholdsOf(ctx.database.db, ctx.organization.id),
  }),
});

/** Changes them; what was told in this period is not told again. */
export const setCreditAlerts = command({
  name: "creditAlerts.set",
  scope: "alerts:write",
  input: CreditAlertSettings,
  run: async (ctx, input) => {
    const organizationId = ctx.organization.id;
    const before = await thresholdsOf(ctx.db, organizationId);
    const thresholds = [...new Set(input.thresholds)].sort((left, right) => left - right);
    const updatedAt = new Date(ctx.clock.nowMs());
    await ctx.db
      .insert(billingSettings)
      .values({ organizationId, alertThresholds: thresholds, updatedAt })
      .onConflictDoUpdate({
        target: billingSettings.organizationId,
        set: { alertThresholds: thresholds, updatedAt },
      });
    const value: CreditAlertSettings = { thresholds };
    return {
      value,
      audit: {
        entity: "creditAlerts",
        entityId: organizationId,
        before: { thresholds: before },
        after: { thresholds },
      },
    };
  },
});
