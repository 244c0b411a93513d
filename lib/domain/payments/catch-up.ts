import { desc, eq } from "drizzle-orm";
import { paymentEvents } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import { takeEvent } from "./take-event.ts";

/**
 * Reads the provider's own list of events and takes those whose webhook never arrived. Looks back over all the time in
 * which the provider tries to deliver, or since the last event that arrived, when that is longer ago. Answers how many
 * were missing.
 */
export async function catchUpOnPayments(system: System, signal: AbortSignal): Promise<number> {
  const provider = system.doors.payments;
  if (provider === null) return 0;
  const { money } = limits;
  const { db } = system.database;
  const nowMs = system.clock.nowMs();
  const [last] = await db
    .select({ receivedAt: paymentEvents.receivedAt })
    .from(paymentEvents)
    .where(eq(paymentEvents.provider, provider.name))
    .orderBy(desc(paymentEvents.receivedAt))
    .limit(1);
  const sinceMs = Math.max(
    nowMs - money.paymentCatchUpMsMax,
    Math.min(nowMs - money.paymentCatchUpMsMin, last?.receivedAt.getTime() ?? nowMs),
  );
  let missing = 0;
  for await (const event of provider.listEvents(sinceMs, money.paymentCatchUpEventsMax)) {
    if (signal.aborted) break;
    const [known] = await db
      .select({ state: paymentEvents.state })
      .from(paymentEvents)
      .where(eq(paymentEvents.eventId, event.id));
    if (known) continue;
    missing += 1;
    await takeEvent(system, provider.name, event);
  }
  return missing;
}
