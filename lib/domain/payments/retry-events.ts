import { and, inArray, lt, or, sql } from "drizzle-orm";
import { billingSettings, checkoutSessions, paymentEvents, payments } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { eventOf, takeEvent } from "./take-event.ts";

const { money } = limits;

/**
 * Tries what failed again, ever more seldom, and what waits for a payment or customer that is known by now. What has waited
 * too long belongs to somebody else's payments and is ignored. Answers how many were tried.
 */
export async function retryPaymentEvents(system: System, signal: AbortSignal): Promise<number> {
  const { db } = system.database;
  const now = new Date(system.clock.nowMs());
  await db
    .update(paymentEvents)
    .set({ state: "ignored" })
    .where(
      and(
        sql`${paymentEvents.state} = 'waiting'`,
        lt(paymentEvents.receivedAt, new Date(now.getTime() - money.paymentEventWaitMs)),
      ),
    );
  const isKnown = sql`exists (select from ${payments} where ${payments.providerRef} = ${paymentEvents.objectId})
    or exists (select from ${billingSettings} where ${billingSettings.customerRef} = ${paymentEvents.objectId})`;
  const isDue = sql`${paymentEvents.attempts} < ${money.paymentEventAttemptsMax}
    and ${paymentEvents.receivedAt} + interval '1 minute' * power(2, least(${paymentEvents.attempts}, 12)) <= ${now.toISOString()}::timestamptz`;
  const rows = await db
    .select()
    .from(paymentEvents)
    .where(
      and(
        inArray(paymentEvents.state, ["waiting", "failed"]),
        or(
          sql`${paymentEvents.state} = 'waiting' and (${isKnown})`,
          sql`${paymentEvents.state} = 'failed' and ${paymentEvents.payload} -> 'fact' <> 'null'::jsonb and (${isDue})`,
        ),
      ),
    )
    .orderBy(paymentEvents.receivedAt)
    .limit(money.paymentRetriesAtOnceMax);
  for (const row of rows) {
    if (signal.aborted) break;
    await takeEvent(system, row.provider, eventOf(row));
  }
  return rows.length;
}

/** Forgets events that were dealt with long ago, and closes checkouts that the provider never heard of. Answers how many. */
export async function tidyPayments({ database, clock }: Pick<System, "database" | "clock">): Promise<number> {
  const { db } = database;
  const before = (ms: number) => new Date(clock.nowMs() - ms);
  const forgotten = await db
    .delete(paymentEvents)
    .where(
      and(
        inArray(paymentEvents.state, ["applied", "ignored"]),
        lt(paymentEvents.receivedAt, before(money.paymentEventsKeptDays * 24 * 3_600_000)),
      ),
    )
    .returning({ id: paymentEvents.eventId });
  const closed = await db
    .update(checkoutSessions)
    .set({ status: "expired" })
    .where(
      and(
        sql`${checkoutSessions.status} = 'open' and ${checkoutSessions.providerRef} is null`,
        lt(checkoutSessions.createdAt, before(money.checkoutUnbegunMs)),
      ),
    )
    .returning({ id: checkoutSessions.id });
  return forgotten.length + closed.length;
}
