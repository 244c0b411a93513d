import { and, asc, eq, gt, sql } from "drizzle-orm";
import { operations } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import type { OperationRow } from "./operation-row.ts";

/**
 * Takes the oldest queued operation and marks it as running; null when there is none. However many processes ask at
 * once, each operation goes to one of them. One that waited longer than `limits.operations.queuedMsMax` is left to be
 * given up: who asked for it is gone.
 */
export async function claimOperation({
  database,
  clock,
}: Pick<System, "database" | "clock">): Promise<OperationRow | null> {
  const { db } = database;
  const nowMs = clock.nowMs();
  const oldest = db
    .select({ id: operations.id })
    .from(operations)
    .where(
      and(
        eq(operations.state, "queued"),
        gt(operations.createdAt, new Date(nowMs - limits.operations.queuedMsMax)),
      ),
    )
    .orderBy(asc(operations.id))
    .limit(1)
    .for("update", { skipLocked: true });
  const now = new Date(nowMs);
  const [row] = await db
    .update(operations)
    .set({ state: "running", startedAt: now, heartbeatAt: now })
    .where(and(eq(operations.state, "queued"), sql`${operations.id} = (${oldest})`))
    .returning();
  return row ?? null;
}
