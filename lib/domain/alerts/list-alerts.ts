import { and, count, desc, eq, lt, type SQL } from "drizzle-orm";
import { z } from "zod";
import { alertChannels, alertDeliveries, alerts } from "#drizzle/schema/index.ts";
import { type AlertDelivery, type AlertPage, PageQuery } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { toAlert } from "./alert-row.ts";
import { deliveryStatus, kindOf } from "./delivery-row.ts";

/** What crossed a line, newest first, by page or by cursor. Pages are pinned to `asOf`. */
export const listAlerts = query({
  name: "alert.list",
  scope: "alerts:read",
  input: PageQuery,
  run: async (ctx, { page, pageSize, cursor, asOf }): Promise<AlertPage> => {
    const { db } = ctx.database;
    const asOfMs = asOf === undefined ? ctx.clock.nowMs() : Date.parse(asOf);
    const pinned = and(
      eq(alerts.organizationId, ctx.organization.id),
      lt(alerts.firedAt, new Date(asOfMs + 1)),
    );
    const offset = cursor === undefined ? (page - 1) * pageSize : 0;
    const isBeyond = offset > limits.http.pageOffsetMax;
    const rows = await db
      .select()
      .from(alerts)
      .where(cursor === undefined ? pinned : and(pinned, before(cursor)))
      .orderBy(desc(alerts.id))
      .limit(pageSize + 1)
      .offset(isBeyond ? 0 : offset);
    const [counted] = await db.select({ total: count() }).from(alerts).where(pinned);
    const shown = isBeyond ? [] : rows.slice(0, pageSize);
    const total = counted?.total ?? 0;
    return {
      data: shown.map(toAlert),
      page,
      pageSize,
      total: Math.min(total, limits.http.pageTotalMax),
      totalIsCapped: total > limits.http.pageTotalMax,
      nextCursor: !isBeyond && rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
      asOf: new Date(asOfMs).toISOString(),
    };
  },
});

function before(cursor: string): SQL {
  if (isId("alr", cursor)) return lt(alerts.id, cursor);
  const message = "This cursor is none of ours. Take nextCursor of a page as it is.";
  throw new DomainError("invalid_input", message, {
    errors: [{ path: "cursor", code: "invalid_cursor", message }],
  });
}

/** The newest deliveries, at most `limits.money.alertDeliveriesKept`. */
export const listAlertDeliveries = query({
  name: "alertDelivery.list",
  scope: "alerts:read",
  input: z.object({}),
  run: async (ctx): Promise<AlertDelivery[]> => {
    const rows = await ctx.database.db
      .select({ delivery: alertDeliveries, channelName: alertChannels.name, title: alerts.title })
      .from(alertDeliveries)
      .innerJoin(
        alertChannels,
        and(
          eq(alertChannels.organizationId, alertDeliveries.organizationId),
          eq(alertChannels.id, alertDeliveries.channelId),
        ),
      )
      .innerJoin(
        alerts,
        and(
          eq(alerts.organizationId, alertDeliveries.organizationId),
          eq(alerts.id, alertDeliveries.alertId),
        ),
      )
      .where(eq(alertDeliveries.organizationId, ctx.organization.id))
      .orderBy(desc(alertDeliveries.id))
      .limit(limits.http.pageSizeMax);
    return rows.map(({ delivery, channelName, title }) => ({
      id: delivery.id,
      alertId: delivery.alertId,
      kind: kindOf(delivery),
      channelId: delivery.channelId,
      channelName,
      title,
      status: deliveryStatus(delivery.status),
      attempts: delivery.attempts,
      message: delivery.message,
      at: (delivery.endedAt ?? delivery.createdAt).toISOString(),
      nextAttemptAt: delivery.status === "waiting" ? (delivery.nextAttemptAt?.toISOString() ?? null) : null,
    }));
  },
});
