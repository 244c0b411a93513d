import type { Reader } from "#lib/db/snapshot.ts";
import type { Windows } from "./explained-windows.ts";
import type { Reason } from "./reasons.ts";

interface Use {
  agent_id: string;
  agent_name: string | null;
  server_id: string;
  server_slug: string | null;
  tool: string;
  amount: string;
  before: string;
  count: string;
  count_before: string;
}

/** What agents and clients used, by agent, server and tool. */
export async function useReasons(
  sql: Reader,
  organizationId: string,
  { beforeFromMs, fromMs, toMs }: Windows,
): Promise<Reason[]> {
  const isNow = sql`hour >= ${new Date(fromMs).toISOString()}::timestamptz`;
  const rows = await sql<Use[]>`
    select used.*, a.name as agent_name, s.slug as server_slug from (
      select agent_id, server_id, tool,
        coalesce(sum(amount_micros) filter (where ${isNow}), 0)::text as amount,
        coalesce(sum(amount_micros) filter (where not ${isNow}), 0)::text as before,
        coalesce(sum(events) filter (where ${isNow}), 0)::text as count,
        coalesce(sum(events) filter (where not ${isNow}), 0)::text as count_before
      from spend_rollup
      where organization_id = ${organizationId} and hour >= ${new Date(beforeFromMs).toISOString()}::timestamptz and hour < ${new Date(toMs).toISOString()}::timestamptz
      group by agent_id, server_id, tool
    ) used
    left join agents a on a.organization_id = ${organizationId} and a.id = used.agent_id
    left join servers s on s.organization_id = ${organizationId} and s.id = used.server_id and s.deleted_at is null`;
  return rows.map(toReason);
}

function toReason(row: Use): Reason {
  const who = row.agent_id === "" ? "Clients" : (row.agent_name ?? row.agent_id);
  const isExternal = row.server_id === "";
  return {
    kind: isExternal ? "external" : "usage",
    label: isExternal
      ? `${who}: costs that happened elsewhere`
      : `${who} called ${row.tool === "" ? "tools" : row.tool} of ${row.server_slug ?? "a deleted server"}`,
    amount: -BigInt(row.amount),
    before: -BigInt(row.before),
    count: Number(row.count),
    countBefore: Number(row.count_before),
    agent: row.agent_id === "" ? null : { id: row.agent_id, name: row.agent_name },
    server: isExternal ? null : { id: row.server_id, slug: row.server_slug },
    tool: row.tool === "" ? null : row.tool,
  };
}
