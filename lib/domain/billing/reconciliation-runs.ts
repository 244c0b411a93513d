import { z } from "zod";
import { type Reconciliation, ReconciliationCheck } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";

const NEVER: Reconciliation = {
  status: "never_run",
  at: null,
  durationMs: null,
  driftMicros: "0",
  checks: [],
};

/** What the last reconciliation of the organization's books found. */
export async function lastReconciliation(sql: Reader, organizationId: string): Promise<Reconciliation> {
  const [row] = await sql<
    { started_at: string; duration_ms: number; status: string; drift_micros: string; checks: unknown }[]
  >`
    select started_at, duration_ms, status, drift_micros, checks from reconciliation_runs
    where organization_id = ${organizationId} order by id desc limit 1`;
  if (!row) return NEVER;
  return {
    status: row.status === "balanced" ? "balanced" : "drift",
    at: new Date(row.started_at).toISOString(),
    durationMs: row.duration_ms,
    driftMicros: row.drift_micros,
    checks: z.array(ReconciliationCheck).parse(row.checks),
  };
}
