import type { Reader } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Windows } from "./explained-windows.ts";
import type { Reason } from "./reasons.ts";

const { lateEventHoursMin } = limits.money;

/** What happened well before it was counted: reported late by an agent, or kept by an edge while the database was away. */
export async function lateEvents(
  sql: Reader,
  organizationId: string,
  { beforeFromMs, fromMs, toMs }: Windows,
): Promise<Reason[]> {
  const isNow = sql`counted_at >= ${new Date(fromMs).toISOString()}::timestamptz`;
  const [row] = await sql<
    { amount: string; before: string; count: number; count_before: number; oldest: string | null }[]
  >`
    select coalesce(sum(amount_micros) filter (where ${isNow}), 0)::text as amount,
      coalesce(sum(amount_micros) filter (where not ${isNow}), 0)::text as before,
      count(*) filter (where ${isNow})::int as count, count(*) filter (where not ${isNow})::int as count_before,
      min(occurred_at) filter (where ${isNow}) as oldest
    from usage_events
    where organization_id = ${organizationId}
      and counted_at >= ${new Date(beforeFromMs).toISOString()}::timestamptz and counted_at < ${new Date(toMs).toISOString()}::timestamptz
      and counted_at - occurred_at > interval '1 hour'`;
  if (!row) return [];
  return [
    {
      kind: "late_events",
      label: "Costs that happened earlier",
      detail:
        row.oldest === null
          ? null
          : `They were counted more than ${lateEventHoursMin} h after they happened, the oldest on ${new Date(row.oldest).toISOString().slice(0, 10)}. Part of the use above.`,
      amount: -BigInt(row.amount),
      before: -BigInt(row.before),
      count: row.count,
      countBefore: row.count_before,
      isPart: true,
    },
  ];
}
