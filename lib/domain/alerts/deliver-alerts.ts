import { and, eq, sql } from "drizzle-orm";
import { alertChannels, alertDeliveries, alerts, organizations } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { toAlert } from "./alert-row.ts";
import { type ChannelRow, secretContext } from "./channel-row.ts";
import { webhookMessage } from "./webhook-message.ts";

const AT_ONCE = 8;
type AlertRow = typeof alerts.$inferSelect;
type DeliveryRow = typeof alertDeliveries.$inferSelect;

interface DueDelivery {
  delivery: DeliveryRow;
  alert: AlertRow;
  channel: ChannelRow;
  organizationSlug: string;
}

/**
 * Sends what is due. A delivery is claimed by putting its next attempt off, so that a process that dies while it sends
 * loses nothing: it is sent again, under the same id. Failures are retried with growing pauses for about a day, then the
 * delivery has failed and can be replayed. Answers how many were delivered and how many failed.
 */
export async function deliverAlerts(
  system: System,
  signal?: AbortSignal,
): Promise<{ delivered: number; retried: number; failed: number }> {
  const ended = { delivered: 0, retried: 0, failed: 0 };
  for (const due of await claimDue(system)) {
    if (signal?.aborted) break;
    ended[await deliverOne(system, due)]++;
  }
  return ended;
}

async function claimDue(system: System): Promise<DueDelivery[]> {
  const { db } = system.database;
  const now = new Date(system.clock.nowMs());
  const later = new Date(now.getTime() + AT_ONCE * limits.money.alertTimeoutMs * 2);
  const claimed = await db
    .update(alertDeliveries)
    .set({ nextAttemptAt: later })
    .where(
      sql`id in (select id from alert_deliveries where status = 'waiting' and next_attempt_at <= ${now.toISOString()}::timestamptz
        order by next_attempt_at limit ${AT_ONCE} for update skip locked)`,
    )
    .returning();
  const rows: DueDelivery[] = [];
  for (const delivery of claimed) {
    const [found] = await db
      .select({ alert: alerts, channel: alertChannels, organizationSlug: organizations.slug })
      .from(alerts)
      .innerJoin(
        alertChannels,
        and(
          eq(alertChannels.organizationId, alerts.organizationId),
          eq(alertChannels.id, delivery.channelId),
        ),
      )
      .innerJoin(organizations, eq(organizations.id, alerts.organizationId))
      .where(and(eq(alerts.organizationId, delivery.organizationId), eq(alerts.id, delivery.alertId)));
    if (found) rows.push({ delivery, ...found });
  }
  return rows;
}

async function deliverOne(system: System, due: DueDelivery): Promise<"delivered" | "retried" | "failed"> {
  const { delivery, channel } = due;
  const nowMs = system.clock.nowMs();
  const attempts = delivery.attempts + 1;
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
      attempts,
      message: problem,
      nextAttemptAt: status === "waiting" ? new Date(nowMs + pauseMs) : null,
      endedAt: status === "waiting" ? null : new Date(system.clock.nowMs()),
    })
    .where(
      and(eq(alertDeliveries.organizationId, delivery.organizationId), eq(alertDeliveries.id, delivery.id)),
    );
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
      await doors.mail({
        to: channel.target,
        subject: `[MCP Stack] ${alert.title}`,
        text: `${alert.title}\n\n${alert.detail}\n\n${alert.url}\n`,
      });
      return null;
    }
    if (channel.secret === null) return "The channel has no signing secret. Delete it and make a new one.";
    const secret = doors.unseal(channel.secret, secretContext(channel));
    const message = webhookMessage(alert, { deliveryId: delivery.id, secret, nowMs: clock.nowMs() });
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
