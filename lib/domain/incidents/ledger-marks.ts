import type { Sql } from "postgres";
import type { IncidentTimeline } from "#lib/contract/index.ts";
import { encodeId, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { formatUsd, microsOf } from "#lib/kernel/money.ts";
import { describeTx } from "../billing/index.ts";
import type { IncidentRow } from "./incident-row.ts";

type Mark = IncidentTimeline["marks"][number];

interface StoredTx {
  id: string;
  type: string;
  amount_micros: string;
  event_count: number;
  agent_name: string | null;
  reason: string | null;
  created_at: string;
  request_id: string | null;
}

/** What moved the credits of the organization in the window, of the incident's agent where it is about one; oldest first. */
export async function readLedgerMarks(
  sql: Sql,
  { organizationId, agentId, windowFrom, windowTo }: IncidentRow,
): Promise<{ marks: Mark[]; isCapped: boolean }> {
  const max = limits.incidents.timelineEntriesMax;
  const rows = await sql<StoredTx[]>`
    select t.id, t.type, t.amount_micros, t.event_count, a.name as agent_name, t.reason, t.created_at,
      (select case when t.event_count = 1 then e.request_id end from usage_events e
        where e.organization_id = t.organization_id and e.tx_id = t.id limit 1) as request_id
    from ledger_txs t
    left join agents a on a.organization_id = t.organization_id and a.id = t.agent_id
    where t.organization_id = ${organizationId} and t.type not in ('lease', 'release')
      and t.id >= ${uuid7Floor(windowFrom.getTime())} and t.id < ${uuid7Floor(windowTo.getTime())}
      ${agentId === null ? sql`` : sql`and t.agent_id = ${agentId}`}
    order by t.id limit ${max + 1}`;
  const marks = rows.slice(0, max).map((row): Mark => {
    const micros = microsOf(row.amount_micros);
    const sign = micros < 0n ? "−" : "+";
    const words = describeTx({
      type: row.type,
      eventCount: row.event_count,
      agentName: row.agent_name,
      reason: row.reason,
    });
    return {
      id: encodeId("tx", row.id),
      lane: "ledger",
      at: new Date(row.created_at).toISOString(),
      durationMs: null,
      level: "info",
      text: `${sign}$${formatUsd(micros < 0n ? -micros : micros)}: ${words}`.slice(
        0,
        limits.incidents.errorGroupTextCharactersMax,
      ),
      requestId: row.request_id === null ? null : encodeId("req", row.request_id),
      join: row.request_id === null ? "none" : "id",
    };
  });
  return { marks, isCapped: rows.length > max };
}
