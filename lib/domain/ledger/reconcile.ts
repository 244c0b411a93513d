import type { Reconciliation } from "#lib/contract/index.ts";
import type { Database } from "#lib/db/index.ts";
import { inSnapshot } from "#lib/db/snapshot.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { MICROS_MAX } from "#lib/kernel/money.ts";
import { larger, smaller } from "./amounts.ts";
import { checkBooks, driftOf } from "./check-books.ts";
import type { Watermark } from "./checked-books.ts";

const ids = createIdSource();

/**
 * Checks every promise about an organization's books on one view of the database, and stores what it found. Looks at what
 * is new since the last run that found them balanced, or at everything when there is none or `isFull`. Drift is told, never
 * repaired; it is found again by every run until somebody corrects it.
 */
export async function reconcile(
  database: Database,
  organizationId: string,
  nowMs: number,
  { isFull = false }: { isFull?: boolean } = {},
): Promise<Reconciliation> {
  const startedMs = performance.now();
  const last = await lastWatermark(database, organizationId);
  const { checks, watermark } = await inSnapshot(database.sql, (sql) =>
    checkBooks(sql, organizationId, { nowMs, last, isFull }),
  );
  const isBalanced = checks.every(({ status }) => status === "balanced");
  const found: Reconciliation = {
    status: isBalanced ? "balanced" : "drift",
    at: new Date(nowMs).toISOString(),
    durationMs: Math.round(performance.now() - startedMs),
    driftMicros: String(larger(0n, smaller(driftOf(checks), MICROS_MAX))),
    checks,
  };
  await database.sql`
    insert into reconciliation_runs (organization_id, id, started_at, duration_ms, status, drift_micros, checks, watermark)
    values (${organizationId}, ${ids.uuid(nowMs)}, ${found.at}::text::timestamptz, ${found.durationMs}, ${found.status},
      ${found.driftMicros}::text::bigint, ${JSON.stringify(checks)}::text::jsonb,
      ${isBalanced ? JSON.stringify(watermark) : null}::text::jsonb)`;
  return found;
}

/** How far the last run looked that found the books balanced. */
export async function lastWatermark(database: Database, organizationId: string): Promise<Watermark | null> {
  const [row] = await database.sql<{ watermark: Watermark }[]>`
    select watermark from reconciliation_runs
    where organization_id = ${organizationId} and watermark is not null
    order by id desc limit 1`;
  return row?.watermark ?? null;
}

/**
 * Reconciles every organization that has books, one after the other: fully once a day, else what is new. Keeps the last
 * `limits.money.reconcileRunsKept` runs of each, and the last that was balanced. Answers how many found drift. Stops early on `signal`; one that
 * fails does not hold up the others, and is thrown at the end.
 */
export async function reconcileAll(
  database: Database,
  nowMs: number,
  signal?: AbortSignal,
): Promise<{ checked: number; withDrift: number }> {
  const organizations = await database.sql<{ id: string }[]>`
    select organization_id as id from ledger_accounts where kind = 'available' order by 1`;
  const failures: unknown[] = [];
  let checked = 0;
  let withDrift = 0;
  for (const { id } of organizations) {
    if (signal?.aborted) break;
    try {
      const last = await lastWatermark(database, id);
      const isFull = last !== null && nowMs - last.fullAtMs >= limits.money.reconcileFullEveryMs;
      const { status } = await reconcile(database, id, nowMs, { isFull });
      checked += 1;
      if (status === "drift") withDrift += 1;
      await forgetOldRuns(database, id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} books could not be checked.`);
  return { checked, withDrift };
}

async function forgetOldRuns({ sql }: Database, organizationId: string): Promise<void> {
  await sql`
    delete from reconciliation_runs
    where organization_id = ${organizationId} and id < (
      select id from reconciliation_runs where organization_id = ${organizationId}
      order by id desc offset ${limits.money.reconcileRunsKept - 1} limit 1
    ) and id <> coalesce((
      select id from reconciliation_runs where organization_id = ${organizationId} and watermark is not null
      order by id desc limit 1
    ), '00000000-0000-0000-0000-000000000000')`;
}
