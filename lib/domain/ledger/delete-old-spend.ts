import type { Database } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";

const DAY_MS = 86_400_000;

/**
 * Deletes leases that ended and counters of periods that ended, when nobody can ask for them any more: of sessions soon, of all
 * others with the events behind them. Answers how many rows went.
 */
export async function deleteOldSpend({ sql }: Database, nowMs: number): Promise<number> {
  const dayBefore = (days: number) => nowMs - days * DAY_MS;
  const counters = await sql`
    delete from budget_spend
    where leased_micros = 0 and period < case when scope_kind = 'session'
      then ${utcMonthOf(dayBefore(limits.money.sessionSpendKeptDays)).key}
      else ${utcMonthOf(dayBefore(limits.money.usageEventsKeptDays)).key} end`;
  const leases = await sql`
    delete from leases
    where state = 'closed'
      and expires_at < ${new Date(dayBefore(limits.money.leasesKeptDays)).toISOString()}::timestamptz`;
  return counters.count + leases.count;
}
