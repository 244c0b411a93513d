import { and, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { alertChannels, alertDeliveries, alerts, organizations } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { toAlert } from "./alert-row.ts";
import { alertWords } from "./alert-words.ts";
import { type ChannelRow, secretContext } from "./channel-row.ts";
import { type DeliveryRow, kindOf } from "./delivery-row.ts";
import { webhookMessage } from "./webhook-message.ts";

const AT_ONCE = 8;
type AlertRow = typeof alerts.$inferSelect;

interface DueDelivery {
  delivery: DeliveryRow;
  alert: AlertRow;
  channel: ChannelRow;
  organizationSlug: string;
  /** How it went with telling that the alert began; null where that is not known any more. */
  begunStatus: string | null;
}

/**
 * Sends what is due, the end of an alert once its beginning arrived. A delivery is claimed by counting its attempt and putting
 * the next one off, so that a process that dies while it sends loses nothing: it is sent again, under the same id. Failures are
 * retried with growing pauses for about a day, then the delivery has failed and can be replayed. Answers how many were
 * delivered, are tried again and failed.
 */
export async function deliverAlerts(
  system: System,
  signal?: AbortSignal,
): Promise<{ delivered: number; retried: number; failed: number }> {
  const ended = { delivered: 0, retried: 0, failed: 0, dropped: 0 };
  while (!signal?.aborted) {
    const claimed = await claimDue(system);
    if (claimed.length === 0) break;
    for (const end of await Promise.all(claimed.map((due) => deliverOne(system, due)))) ended[end]++;
  }
  const { dropped: _never, ...told } = ended;
  return told;
}

async function claimDue(system: System): Promise<DueDelivery[]> {
  const { db } = system.database;
  const now = new Date(system.clock.nowMs());
  const later = new Date(now.getTime() + limits.money.alertTimeoutMs * 4);
  const claimed = await db
    .update(alertDeliveries)
    .set({ nextAttemptAt: later, attempts: sql`${alertDeliveries.attempts} + 1` })
    .where(
      sql`id in (select d.id from alert_deliveries d
        where d.status = 'waiting' and d.next_attempt_at <= ${now.toISOString()}::timestamptz
          and (d.kind = 'begun' or not exists (
            select 1 from alert_deliveries b
            where b.organization_id = d.organization_id and b.alert_id = d.alert_id and b.channel_id = d.channel_id
              and b.kind = 'begun' and b.status = 'waiting'))
        order by d.next_attempt_at limit ${AT_ONCE} for update skip locked)`,
    )
    .returning();
  const begun = alias(alertDeliveries, "begun");
  const rows: DueDelivery[] = [];
  for (const delivery of claimed) {
    const [found] = await db
      .select({
        alert: alerts,
        channel: alertChannels,
        organizationSlug: organizations.slug,
        begunStatus: begun.status,
      })
      .from(alerts)
      .innerJoin(
        alertChannels,
        and(
          eq(alertChannels.organizationId, alerts.organizationId),
          eq(alertChannels.id, delivery.channelId),
        ),
      )
      .innerJoin(organizations, eq(organizations.id, alerts.organizationId))
      .leftJoin(
        begun,
        and(
          eq(begun.organizationId, alerts.organizationId),
          eq(begun.alertId, alerts.id),
          eq(begun.channelId, delivery.channelId),
          eq(begun.kind, "begun"),
        ),
      )
      .where(and(eq(alerts.organizationId, delivery.organizationId), eq(alerts.id, delivery.alertId)));
    if (found) rows.push({ delivery, ...found });
  }
  return rows;
}

async function deliverOne(
  system: System,
  due: DueDelivery,
): Promise<"delivered" | "retried" | "failed" | "dropped"> {
  const { delivery, channel, begunStatus } = due;
  const { attempts } = delivery;
  const nowMs = system.clock.nowMs();
  const own = and(
    eq(alertDeliveries.organizationId, delivery.organizationId),
    eq(alertDeliveries.id, delivery.id),
  );
  if (kindOf(delivery) === "resolved" && begunStatus !== "delivered") {
    // Nobody heard that it began.
    await system.database.db.delete(alertDeliveries).where(own);
    return "dropped";
  }
  const problem =
    channel.isOn && channel.deletedAt === null
      ? await send(system, due)
      : "The channel was turned off or deleted before this was sent.";
  const mayRetry = channel.isOn && channel.deletedAt === null && attempts < limits.money.alertAttemptsMax;
  const status = problem === null ? "delivered" : mayRetry ? "waiting" : "failed";
  const pauseMs = Math.min(
    limits.money.alertRetryMsMax,
    limits.money.alertRetryMsMin * 4 ** Math.min(attempts - 1, 10),
  );
  await system.database.db
    .update(alertDeliveries)
    .set({
      status,
      message: problem,
      nextAttemptAt: status === "waiting" ? new Date(nowMs + pauseMs) : null,
      endedAt: status === "waiting" ? null : new Date(system.clock.nowMs()),
    })
    .where(own);
  return status === "waiting" ? "retried" : status;
}

/** What went wrong, in words; null when it arrived. */
async function send(
  { doors, clock }: System,
  { delivery, alert: row, channel, organizationSlug }: DueDelivery,
): Promise<string | null> {
  const alert = {
    ...toAlert(row),
    organizationId: row.organizationId,
    url: doors.dashboardUrl(`/${organizationSlug}${row.path}`),
  };
  try {
    if (channel.kind === "email") {
      if (doors.mail === null)
        return "This installation sends no e-mail any more: MCPSTACK_SMTP_URL is not set.";
      await doors.mail({ to: channel.target, ...alertWords(alert, kindOf(delivery)) });
      return null;
    }
    if (channel.secret === null) return "The channel has no signing secret. Delete it and make a new one.";
    const secret = doors.unseal(channel.secret, secretContext(channel));
    const message = webhookMessage(alert, {
      deliveryId: delivery.id,
      kind: kindOf(delivery),
      secret,
      nowMs: clock.nowMs(),
    });
    const response = await doors.publicFetch(channel.target, {
      method: "POST",
      headers: message.headers,
      body: message.body,
      redirect: "manual",
      signal: AbortSignal.timeout(limits.money.alertTimeoutMs),
    });
    await response.body?.cancel();
    return response.ok ? null : `The receiver answered ${response.status}.`;
  } catch (error) {
    return wordsOf(error);
  }
}

const wordsOf = (error: unknown): string => {
  const reason =
    error instanceof Error
      ? error.cause instanceof Error
        ? error.cause.message
        : error.message
      : String(error);
  return `It could not be sent: ${reason.slice(0, limits.drains.errorCharactersMax)}`;
};
