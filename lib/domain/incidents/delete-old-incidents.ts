import { limits } from "#lib/kernel/limits.ts";
import type { System } from "../access/index.ts";

const DAY_MS = 86_400_000;
const BATCH_MAX = limits.storage.retentionDeleteRowsPerBatchMax;

/**
 * Deletes incidents that ended more than `limits.incidents.keptDays` ago with all that belongs to them. The newest of each
 * organization stays, so that numbers go on. Answers how many; safe to repeat, and stops early on `signal`.
 */
export async function deleteOldIncidents(
  { database: { sql }, clock }: Pick<System, "database" | "clock">,
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(clock.nowMs() - limits.incidents.keptDays * DAY_MS).toISOString();
  let total = 0;
  while (!signal.aborted) {
    const old = await sql<{ id: string }[]>`
      select i.id from incidents i
      where i.status in ('resolved', 'merged') and i.resolved_at < ${before}
        and exists (select 1 from incidents n where n.organization_id = i.organization_id and n.number > i.number)
      limit ${BATCH_MAX}`;
    if (old.length === 0) break;
    const ids = sql(old.map(({ id }) => id));
    // What belongs to it first: a deletion that ends halfway is gone on with the next time.
    await sql`delete from incident_events where incident_id in ${ids}`;
    await sql`delete from incident_evidence where incident_id in ${ids}`;
    await sql`delete from incident_shares where incident_id in ${ids}`;
    total += (await sql`delete from incidents where id in ${ids}`).count;
    if (old.length < BATCH_MAX) break;
  }
  return total;
}
