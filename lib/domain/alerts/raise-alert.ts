import { and, eq, sql as fragment, isNull } from "drizzle-orm";
import { alertChannels, alertDeliveries, alerts } from "#drizzle/schema/index.ts";
import type { Alert } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { severitiesFrom } from "./severities.ts";

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
 * raises it and how often. What came back within `limits.money.alertAgainMsMin` is sent no sooner than that after the channel
 * was told before. Runs in the transaction of what it tells about. Answers the id, or null when it was told before.
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
  if (channels.length === 0) return id;
  const toldMs = await toldLately(db, { ...alert, threshold }, now);
  await db.insert(alertDeliveries).values(
    channels.map((channel) => ({
      organizationId: alert.organizationId,
      id: ids.id("ald"),
      alertId: id,
      channelId: channel.id,
      status: "waiting",
      nextAttemptAt: notBefore(toldMs.get(channel.id), now),
      createdAt: now,
    })),
  );
  return id;
}

/** At most one pause from now, also when a clock went back since. */
const notBefore = (toldMs: number | undefined, now: Date): Date => {
  const againMs = limits.money.alertAgainMsMin;
  return toldMs === undefined
    ? now
    : new Date(Math.min(Math.max(toldMs + againMs, now.getTime()), now.getTime() + againMs));
};

/** When channels were told last that the same, as severe or more, began; of what ended lately only. By channel, epoch milliseconds. */
async function toldLately(
  db: Db,
  { organizationId, rule, scope, threshold, severity }: AlertToRaise & { threshold: number },
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const since = new Date(now.getTime() - limits.money.alertAgainMsMin).toISOString();
  const rows = await db.execute<{ channel: string; told: string | Date }>(fragment`
    select d.channel_id as channel, max(coalesce(d.ended_at, d.next_attempt_at)) as told
    from alerts a
    join alert_deliveries d on d.organization_id = a.organization_id and d.alert_id = a.id
      and d.kind = 'begun' and d.status in ('waiting', 'delivered') and d.attempts > 0
    where a.organization_id = ${organizationId} and a.rule = ${rule} and a.scope = ${scope}
      and a.threshold = ${threshold} and a.resolved_at > ${since}::timestamptz
      and a.severity in (${fragment.join(
        severitiesFrom(severity).map((one) => fragment`${one}`),
        fragment`, `,
      )})
    group by 1`);
  return new Map(rows.map(({ channel, told }) => [channel, new Date(told).getTime()]));
}
