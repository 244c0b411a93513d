import type { TransactionSql } from "postgres";
import { storableJson } from "#lib/kernel/text.ts";

const HOUR_MS = 3_600_000;

/** Something that was billed, by everything that spend is told apart by. */
export interface Spent {
  readonly organizationId: string;
  readonly countedAtMs: number;
  readonly serverId: string;
  readonly tool: string;
  readonly agentId: string | null;
  readonly client: string;
  readonly source: string;
  readonly region: string;
  readonly outcome: string;
  readonly amountMicros: bigint;
}

/** Counts by hour what was billed, in the transaction that bills it. */
export async function countSpend(sql: TransactionSql, spent: readonly Spent[]): Promise<void> {
  if (spent.length === 0) return;
  const rows = spent.map((one) => ({
    organization_id: one.organizationId,
    hour: new Date(Math.floor(one.countedAtMs / HOUR_MS) * HOUR_MS).toISOString(),
    server_id: one.serverId,
    tool: one.tool,
    agent_id: one.agentId ?? "",
    client: one.client,
    source: one.source,
    region: one.region,
    outcome: one.outcome,
    amount_micros: String(one.amountMicros),
  }));
  await sql`
    insert into spend_rollup (organization_id, hour, server_id, tool, agent_id, client, source, region, outcome, events,
      amount_micros)
    select organization_id, hour, server_id, tool, agent_id, client, source, region, outcome, count(*), sum(amount_micros)
    from jsonb_populate_recordset(null::spend_rollup, ${storableJson(rows)}::text::jsonb)
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    order by 1, 2, 3, 4, 5, 6, 7, 8, 9
    on conflict on constraint spend_rollup_pk do update set
      events = spend_rollup.events + excluded.events,
      amount_micros = spend_rollup.amount_micros + excluded.amount_micros`;
}
