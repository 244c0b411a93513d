import { sql } from "drizzle-orm";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

/**
 * Deletes canary runs and the looks at open incidents older than `limits.checks.canaryDaysMax`: they pile up by themselves. The
 * newest of each server and kind stays. Answers how many; safe to repeat, and stops early on `signal`.
 */
export async function deleteOldChecks(
  { database, clock }: Pick<System, "database" | "clock">,
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(clock.nowMs() - limits.checks.canaryDaysMax * 86_400_000).toISOString();
  let total = 0;
  while (!signal.aborted) {
    const deleted = await database.db.execute(sql`
      delete from check_runs where (organization_id, id) in (
        select organization_id, id from check_runs old
        where (kind = 'canary' or actor = 'system:incidents') and checked_at < ${before}::timestamptz and exists (
          select 1 from check_runs newer
          where newer.server_id = old.server_id and newer.kind = old.kind and newer.id > old.id)
        limit ${limits.storage.retentionDeleteRowsPerBatchMax})
      returning id`);
    total += deleted.length;
    if (deleted.length < limits.storage.retentionDeleteRowsPerBatchMax) break;
  }
  return total;
}
