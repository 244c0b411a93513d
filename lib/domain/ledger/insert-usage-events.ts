import type { TransactionSql } from "postgres";
import { storableJson } from "#lib/kernel/text.ts";
import type { UsableCharge } from "./usable-charges.ts";

/**
 * Stores what is new among these calls: each id once, ever. Answers the new ones (by `eventKey`) with the budget period that each counts in: that of its
 * agent's lease, or the month in which it is counted; null without an agent.
 */
export async function insertUsageEvents(
  sql: TransactionSql,
  events: readonly (UsableCharge & { txId: string })[],
): Promise<ReadonlyMap<string, string | null>> {
  const input = events.map((event) => ({
    id: event.id,
    organization_id: event.organizationId,
    request_id: event.requestId,
    server_id: event.serverId,
    tool: event.tool,
    agent_id: event.agentId,
    client: event.client,
    source: event.source,
    region: event.region,
    end_user: event.endUser,
    agent_session: event.agentSession,
    occurred_at: new Date(event.occurredAtMs).toISOString(),
    counted_at: new Date(event.countedAtMs).toISOString(),
    call_units: event.units.calls,
    hundred_ms_units: event.units.hundredMs,
    kib64_units: event.units.kib64,
    price_version: event.priceVersion,
    amount_micros: String(event.amountMicros),
    tx_id: event.txId,
    // Of the lease for now; the statement looks it up.
    period: event.leases.agent,
  }));
  const rows = await sql<{ organizationId: string; id: string; period: string | null }[]>`
    insert into usage_events (id, organization_id, kind, request_id, server_id, tool, agent_id, client, source, region,
      end_user, agent_session, occurred_at, counted_at, call_units, hundred_ms_units, kib64_units, price_version,
      amount_micros, tx_id, period)
    select i.id, i.organization_id, 'call', i.request_id, i.server_id, i.tool, i.agent_id, i.client, i.source, i.region,
      i.end_user, i.agent_session, i.occurred_at, i.counted_at, i.call_units, i.hundred_ms_units, i.kib64_units,
      i.price_version, i.amount_micros, i.tx_id,
      case when i.agent_id is not null
        then coalesce(l.period, to_char(i.counted_at at time zone 'UTC', 'YYYY-MM')) end
    from jsonb_populate_recordset(null::usage_events, ${storableJson(input)}::text::jsonb) i
      join organizations o on o.id = i.organization_id
      left join leases l on l.organization_id = i.organization_id and l.id = i.period and l.scope_kind = 'agent'
        and l.scope_id = i.agent_id
    order by i.organization_id, i.id
    on conflict do nothing
    returning organization_id as "organizationId", id, period`;
  return new Map(rows.map((row) => [eventKey(row), row.period]));
}

/** An id counts in its organization. */
export const eventKey = ({ organizationId, id }: { organizationId: string; id: string }): string =>
  `${organizationId} ${id}`;
