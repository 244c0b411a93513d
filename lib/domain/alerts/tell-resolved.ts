import { and, eq, inArray } from "drizzle-orm";
import { alertDeliveries } from "#drizzle/schema/index.ts";
import type { Db } from "#lib/db/index.ts";
import type { System } from "../access/index.ts";

/**
 * Has the end of an alert told where its beginning was told or is on its way: once per channel, after the beginning arrived
 * there. A beginning that nobody tried to send yet is withheld, and its end with it. Runs in the transaction that ends the alert.
 */
export async function tellResolved(
  { db, clock, ids }: Pick<System, "clock" | "ids"> & { db: Db },
  { organizationId, id }: { organizationId: string; id: string },
): Promise<void> {
  const now = new Date(clock.nowMs());
  const begun = and(
    eq(alertDeliveries.organizationId, organizationId),
    eq(alertDeliveries.alertId, id),
    eq(alertDeliveries.kind, "begun"),
  );
  // A delivery that is being sent counts its attempt before it leaves, so this never withholds what may have arrived.
  await db
    .update(alertDeliveries)
    .set({
      status: "withheld",
      message: "It was over before it was sent.",
      nextAttemptAt: null,
      endedAt: now,
    })
    .where(and(begun, eq(alertDeliveries.status, "waiting"), eq(alertDeliveries.attempts, 0)));
  const told = await db
    .select({ channelId: alertDeliveries.channelId })
    .from(alertDeliveries)
    .where(and(begun, inArray(alertDeliveries.status, ["waiting", "delivered"])));
  if (told.length === 0) return;
  await db
    .insert(alertDeliveries)
    .values(
      told.map(({ channelId }) => ({
        organizationId,
        id: ids.id("ald"),
        alertId: id,
        channelId,
        kind: "resolved",
        status: "waiting",
        nextAttemptAt: now,
        createdAt: now,
      })),
    )
    .onConflictDoNothing();
}
