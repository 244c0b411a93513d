import { and, asc, eq, gt, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { operations } from "#drizzle/schema/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";
import type { OperationRow } from "./operation-row.ts";

/**
 * Takes the oldest queued operation and marks it as running; null when there is none. However many processes ask at
 * once, each operation goes to one of them. An organization that has `limits.operations.concurrentPerOrganizationMax`
 * running waits, so that versions that hang keep no other organization from deploying. One that waited longer than
 * `limits.operations.queuedMsMax` is left to be given up: who asked for it is gone.
 */
export async function claimOperation({
  database,
  clock,
}: Pick<System, "database" | "clock">): Promise<OperationRow | null> {
  const { db } = database;
  const nowMs = clock.nowMs();
  const others = alias(operations, "others");
  const runningOfSameOrganization = db
    .select({ total: sql`count(*)` })
    .from(others)
    .where(and(eq(others.organizationId, operations.organizationId), eq(others.state, "running")));
  const oldest = db
    .select({ id: operations.id })
    .from(operations)
    .where(
      and(
        eq(operations.state, "queued"),
        gt(operations.createdAt, new Date(nowMs - limits.operations.queuedMsMax)),
        sql`(${runningOfSameOrganization}) < ${limits.operations.concurrentPerOrganizationMax}`,
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
