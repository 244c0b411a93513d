import type { Reader } from "#lib/db/snapshot.ts";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import type { Windows } from "./explained-windows.ts";
import type { Reason } from "./reasons.ts";

const WORDS: Readonly<Record<string, string>> = {
  purchase: "Credits were bought",
  grant: "Credits were granted",
  expiry: "Credits expired unused",
  refund: "Payments went back to the payer",
  reinstatement: "Payments came back",
  adjustment: "Adjustments",
  usage_event: "Costs elsewhere that took no credits, on a plan without prices",
};

/**
 * What came in, went back or expired, by the type of the transaction. Use is told by agent and tool instead, also where the
 * plan covers it: what it took of no credits comes back here.
 */
export async function movements(
  sql: Reader,
  organizationId: string,
  { beforeFromMs, fromMs, toMs }: Windows,
): Promise<Reason[]> {
  const isNow = sql`t.id >= ${uuid7Floor(fromMs)}`;
  const rows = await sql<
    {
      type: string;
      amount: string;
      before: string;
      count: number;
      count_before: number;
      tx_id: string | null;
    }[]
  >`
    select t.type,
      coalesce(sum(e.amount) filter (where ${isNow}), 0)::text as amount,
      coalesce(sum(e.amount) filter (where not ${isNow}), 0)::text as before,
      count(*) filter (where ${isNow})::int as count,
      count(*) filter (where not ${isNow})::int as count_before,
      (array_agg(t.id order by t.id) filter (where ${isNow}))[1] as tx_id
    from (
      select distinct tx_id from ledger_entries
      where organization_id = ${organizationId}
        and kind in ('expired', 'refunded', 'granted', 'payments', 'adjustment')
        and tx_id >= ${uuid7Floor(beforeFromMs)} and tx_id < ${uuid7Floor(toMs)}
    ) rare
    join ledger_txs t on t.organization_id = ${organizationId} and t.id = rare.tx_id
    cross join lateral (
      select case when t.type = 'usage_event' then coalesce(- sum(amount_micros) filter (where kind = 'granted'), 0)
        else coalesce(sum(amount_micros) filter (where kind in ('available', 'debt')), 0) end as amount
      from ledger_entries where organization_id = ${organizationId} and tx_id = t.id
    ) e
    group by t.type`;
  return rows.map((row) => ({
    kind: row.type,
    label: WORDS[row.type] ?? row.type,
    amount: BigInt(row.amount),
    before: BigInt(row.before),
    count: row.count,
    countBefore: row.count_before,
    txId: row.count === 1 ? row.tx_id : null,
  }));
}
