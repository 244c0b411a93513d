import { and, eq, isNotNull } from "drizzle-orm";
import { z } from "zod";
import { alertDeliveries, alerts } from "#drizzle/schema/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import { command } from "../access/index.ts";
import { ChannelRef, getChannelRow } from "./channel-row.ts";
import { tellResolved } from "./tell-resolved.ts";

/** Sends a delivery once more, under the same id, whatever became of it; the end of an alert that is over follows its beginning. */
export const replayAlertDelivery = command({
  name: "alertDelivery.replay",
  scope: "alerts:write",
  input: z.object({ delivery: z.string().min(1).max(64) }),
  run: async (ctx, { delivery }) => {
    const own = and(
      eq(alertDeliveries.organizationId, ctx.organization.id),
      eq(alertDeliveries.id, delivery),
    );
    const [row] = await ctx.db
      .update(alertDeliveries)
      // It counts as tried, so that the end of its alert does not withhold it.
      .set({ status: "waiting", attempts: 1, endedAt: null, nextAttemptAt: new Date(ctx.clock.nowMs()) })
      .where(own)
      .returning({ id: alertDeliveries.id, alertId: alertDeliveries.alertId });
    if (!row) throw notFound("alert delivery");
    const [over] = await ctx.db
      .select({ organizationId: alerts.organizationId, id: alerts.id })
      .from(alerts)
      .where(
        and(
          eq(alerts.organizationId, ctx.organization.id),
          eq(alerts.id, row.alertId),
          isNotNull(alerts.resolvedAt),
        ),
      );
    if (over) await tellResolved(ctx, over);
    return { value: undefined, audit: { entity: "alertDelivery", entityId: row.id } };
  },
});

/** Sends a test alert to one channel, through the same path as real ones. Answers the delivery's id. */
export const testAlertChannel = command({
  name: "alertChannel.test",
  scope: "alerts:write",
  input: ChannelRef,
  run: async (ctx, { channel }) => {
    const row = await getChannelRow(ctx.db, ctx.organization.id, channel);
    const now = new Date(ctx.clock.nowMs());
    const own = { organizationId: row.organizationId, id: ctx.ids.id("alr") };
    await ctx.db.insert(alerts).values({
      ...own,
      rule: "test",
      // Each test is a line of its own.
      scope: own.id,
      threshold: 0,
      periodStart: now,
      severity: "info",
      title: `Test of the channel ${row.name}`,
      detail: "Somebody asked for this test. Nothing is wrong.",
      path: "/settings/alerts",
      firedAt: now,
    });
    const id = ctx.ids.id("ald");
    await ctx.db.insert(alertDeliveries).values({
      organizationId: row.organizationId,
      id,
      alertId: own.id,
      channelId: row.id,
      status: "waiting",
      nextAttemptAt: now,
      createdAt: now,
    });
    return { value: { deliveryId: id }, audit: { entity: "alertChannel", entityId: row.id } };
  },
});
