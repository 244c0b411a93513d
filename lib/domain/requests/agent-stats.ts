import type { Database } from "#lib/db/index.ts";
import { hourOf } from "./visible-window.ts";

/** What an agent did in a span, in tool calls. */
export interface AgentStats {
  calls: number;
  /** Calls whose outcome is not `ok`. */
  errors: number;
}

/** Tool calls of the whole hours that overlap the span (`toMs` exclusive), of each agent of the organization that made any. */
export async function agentStats(
  { sql }: Pick<Database, "sql">,
  organizationId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Map<string, AgentStats>> {
  const rows = await sql<{ agent_id: string; calls: string; errors: string }[]>`
    select agent_id, sum(calls)::bigint as calls,
      coalesce(sum(calls) filter (where outcome <> 'ok'), 0)::bigint as errors
    from usage_rollup
    where organization_id = ${organizationId} and agent_id <> ''
      and hour >= ${new Date(hourOf(fromMs)).toISOString()}::timestamptz
      and hour < ${new Date(toMs).toISOString()}::timestamptz
    group by agent_id`;
  return new Map(rows.map((row) => [row.agent_id, { calls: Number(row.calls), errors: Number(row.errors) }]));
}
