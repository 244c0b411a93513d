import type { Database } from "#lib/db/index.ts";
import type { IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { giveBackLeases } from "./give-back-leases.ts";
import { inBooks } from "./in-books.ts";
import { type LeaseRow, unsettled } from "./lease-rows.ts";

/** From here on no call of a node can still be about to settle what its lease set aside. */
export const deadAfterMs = limits.mcp.toolCallDurationMsMax + limits.money.leaseSettleGraceMs;

/**
 * Leases of nodes that died end when their longest call must be over and settled: what was not settled goes back. What is
 * settled even later is drawn from what is available, then owed. Answers how many ended. Stops early on `signal`.
 */
export async function returnDeadLeases(
  database: Database,
  nowMs: number,
  ids: Pick<IdSource, "uuid">,
  signal?: AbortSignal,
): Promise<number> {
  const posting = { nowMs, newId: () => ids.uuid(nowMs) };
  const isDead = ({ expiresAtMs }: LeaseRow) => expiresAtMs < nowMs - deadAfterMs;
  let ended = 0;
  for (;;) {
    if (signal?.aborted) return ended;
    const dead = await database.sql<{ organizationId: string; id: string }[]>`
      select organization_id as "organizationId", id from leases
      where state = 'live' and expires_at < ${new Date(nowMs - deadAfterMs).toISOString()}::timestamptz
      order by expires_at limit ${limits.money.returnedLeasesMax}`;
    if (dead.length === 0) return ended;
    // One that was renewed since is left alone: the books are open when its row is read again.
    const now = await inBooks(database, (sql) =>
      giveBackLeases(sql, dead, (lease) => (isDead(lease) ? unsettled(lease) : null), posting),
    );
    ended += now;
    if (dead.length < limits.money.returnedLeasesMax || now === 0) return ended;
  }
}
