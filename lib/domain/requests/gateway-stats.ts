import type { Database } from "#lib/db/index.ts";
import { hourOf } from "./visible-window.ts";

/** What a gateway decided in a span, in calls. */
export interface GatewayStats {
  calls: number;
  denied: number;
}

/**
 * Calls of the whole hours that overlap the span (`toMs` exclusive), of each gateway of the organization that had any,
 * from the hourly counts: as many rows as there were gateways × hours × reasons.
 */
export async function gatewayStats(
  { sql }: Pick<Database, "sql">,
  organizationId: string,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<Map<string, GatewayStats>> {
  const rows = await sql<{ gateway_id: string; calls: string; denied: string }[]>`
    select gateway_id, sum(calls)::bigint as calls,
      coalesce(sum(calls) filter (where decision <> 'allowed'), 0)::bigint as denied
    from gateway_rollup
    where organization_id = ${organizationId}
      and hour >= ${new Date(hourOf(fromMs)).toISOString()}::timestamptz
      and hour < ${new Date(toMs).toISOString()}::timestamptz
    group by gateway_id`;
  return new Map(
    rows.map((row) => [row.gateway_id, { calls: Number(row.calls), denied: Number(row.denied) }]),
  );
}
