import { and, eq, notInArray, sql } from "drizzle-orm";
import { logDrainCursors } from "#drizzle/schema/index.ts";
import type { StoredLog } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";

/** Before every row of its transaction. */
export const FIRST_ROW = "00000000-0000-0000-0000-000000000000";

/**
 * Gives a drain a place in each of `logs`: where it was, or now for a log that it did not have. Now is the oldest
 * transaction that may still be writing, so that what is stored from here on is delivered, however late its
 * transaction ends. A log that it no longer has is forgotten.
 */
export async function placeCursors(
  db: Db,
  drain: { organizationId: string; id: string },
  logs: readonly StoredLog[],
): Promise<void> {
  await db
    .delete(logDrainCursors)
    .where(
      and(
        eq(logDrainCursors.organizationId, drain.organizationId),
        eq(logDrainCursors.drainId, drain.id),
        notInArray(logDrainCursors.log, [...logs]),
      ),
    );
  await db
    .insert(logDrainCursors)
    .values(
      logs.map((log) => ({
        organizationId: drain.organizationId,
        drainId: drain.id,
        log,
        writtenTx: sql`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`,
        rowId: FIRST_ROW,
      })),
    )
    .onConflictDoNothing();
}
