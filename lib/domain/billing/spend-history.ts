import type { Reader } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { OpenGrant, SpendHistory } from "./runway.ts";

const DAY_MS = 24 * 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** What the organization spent by hour, as far back as a forecast looks. */
export async function readSpendHistory(
  sql: Reader,
  organizationId: string,
  nowMs: number,
): Promise<SpendHistory> {
  const from = iso(nowMs - limits.money.forecastHistoryDays * DAY_MS);
  const rows = await sql<{ hour: string; spent: string; events: string }[]>`
    select hour, sum(amount_micros)::text as spent, sum(events)::text as events from spend_rollup
    where organization_id = ${organizationId} and hour >= ${from}::timestamptz and hour <= ${iso(nowMs)}::timestamptz
    group by hour order by hour`;
  return {
    byHourMs: new Map(rows.map((row) => [Date.parse(row.hour), BigInt(row.spent)])),
    sinceMs: rows[0] ? Date.parse(rows[0].hour) : null,
    debits: rows.reduce((sum, row) => sum + Number(row.events), 0),
  };
}

/** Credits that are left, in the order in which they are used. */
export async function readOpenGrants(sql: Reader, organizationId: string): Promise<OpenGrant[]> {
  const rows = await sql<{ remaining: string; expires_at: string | null }[]>`
    select remaining_micros as remaining, expires_at from credit_grants
    where organization_id = ${organizationId} and remaining_micros > 0
    order by priority, expires_at nulls last, kind in ('purchase', 'refund'), effective_at, created_at, id`;
  return rows.map((row) => ({
    remainingMicros: BigInt(row.remaining),
    expiresAtMs: row.expires_at === null ? null : Date.parse(row.expires_at),
  }));
}
