import { and, eq, isNull } from "drizzle-orm";
import { alertChannels, alertDeliveries, alerts } from "#drizzle/schema/index.ts";
import type { Alert } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { System } from "../access/index.ts";

/** Something that crossed a line, before it is known whether it was told already. */
export interface AlertToRaise
  extends Pick<Alert, "rule" | "scope" | "severity" | "title" | "detail" | "path"> {
  organizationId: string;
  /** Percent; absent for rules without one. */
  threshold?: number;
  /** The server that it is about, if it is about one. */
  serverId?: string;
  /** The line is told once per period. */
  periodStart: Date;
}

/**
 * Writes an alert and its deliveries to the channels that are on now, once per (rule, scope, threshold, period) whoever
 * raises it and how often. Runs in the transaction of what it tells about, or in one of its own. Answers the id, or null
 * when it was told before.
 */
export async function raiseAlert(
  { db, clock, ids }: Pick<System, "clock" | "ids"> & { db: Db },
  { threshold = 0, ...alert }: AlertToRaise,
): Promise<string | null> {
  const now = new Date(clock.nowMs());
  const id = ids.id("alr");
  const [raised] = await db
    .insert(alerts)
    .values({ ...alert, threshold, id, firedAt: now })
    .onConflictDoNothing()
    .returning({ id: alerts.id });
  if (!raised) return null;
  const channels = await db
    .select({ id: alertChannels.id })
    .from(alertChannels)
    .where(
      and(
        eq(alertChannels.organizationId, alert.organizationId),
        eq(alertChannels.isOn, true),
        isNull(alertChannels.deletedAt),
      ),
    );
  if (channels.length > 0)
    await db.insert(alertDeliveries).values(
      channels.map((channel) => ({
        organizationId: alert.organizationId,
        id: ids.id("ald"),
        alertId: id,
        channelId: channel.id,
        status: "waiting",
        nextAttemptAt: now,
        createdAt: now,
      })),
    );
  return id;
}
