import { ALERT_RULES } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

const DAY_MS = 86_400_000;
const BATCH_MAX = limits.storage.retentionDeleteRowsPerBatchMax;

/**
 * Deletes alerts that are older than `limits.incidents.keptDays` and do not last any more, with their deliveries. Answers how many
 * went; safe to repeat, and stops early on `signal`.
 */
export async function deleteOldAlerts(
  { database: { sql }, clock }: Pick<System, "database" | "clock">,
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(clock.nowMs() - limits.incidents.keptDays * DAY_MS).toISOString();
  let total = 0;
  while (!signal.aborted) {
    const gone = await sql`
      with old as (
        delete from alerts where id in (
          select id from alerts
          where fired_at < ${before}::timestamptz
            and (resolved_at < ${before}::timestamptz or (resolved_at is null and rule <> all(${[...ALERT_RULES]}::text[])))
          limit ${BATCH_MAX})
        returning organization_id, id
      ), unsent as (
        delete from alert_deliveries d using old where d.organization_id = old.organization_id and d.alert_id = old.id
      )
      select id from old`;
    total += gone.length;
    if (gone.length < BATCH_MAX) break;
  }
  return total;
}
