import type { Fragment, Sql } from "postgres";
import type { UsageDimension } from "#lib/contract/index.ts";
import type { HourWindow } from "./usage-window.ts";

/** Where each dimension stands in `usage_rollup` and `spend_rollup`: both have the same names. */
const COLUMN: Readonly<Record<UsageDimension, string>> = {
  server: "server_id",
  tool: "tool",
  agent: "agent_id",
  client: "client",
  source: "source",
  region: "region",
  outcome: "outcome",
};

/** Which calls are asked about, by the keys of the counts; empty is a call that named none. */
export type UsageConditions = Readonly<Partial<Record<UsageDimension, string>>>;

export interface CellsOf {
  readonly organizationId: string;
  readonly conditions: UsageConditions;
  readonly window: HourWindow;
  readonly by: readonly UsageDimension[];
}

/**
 * A SELECT of what was counted and what it cost, hour by hour: `key0`, `key1`, … of the asked dimensions, the hour, the server, and per
 * bucket of duration the calls and bytes. What was spent comes in rows of its own, without calls: costs that agents
 * reported have no call at all.
 */
export function usageCells(sql: Sql, { organizationId, conditions, window, by }: CellsOf): Fragment {
  const keys = by.reduce(
    (all, dimension, place) => sql`${all} ${sql(COLUMN[dimension])} as ${sql(`key${place}`)},`,
    sql``,
  );
  const where = sql`
    organization_id = ${organizationId}
    and hour >= ${new Date(window.fromMs).toISOString()}::timestamptz
    and hour < ${new Date(window.toMs).toISOString()}::timestamptz
    ${conditionsOf(sql, conditions)}`;
  return sql`
    select ${keys} hour, server_id, outcome, duration_bucket, calls, request_bytes, response_bytes, response_bytes_max,
      0::bigint as spent
    from usage_rollup where ${where}
    union all
    select ${keys} hour, server_id, outcome, 0::smallint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, amount_micros
    from spend_rollup where ${where}`;
}

const conditionsOf = (sql: Sql, conditions: UsageConditions): Fragment =>
  (Object.entries(conditions) as [UsageDimension, string][]).reduce(
    (all, [dimension, value]) => sql`${all} and ${sql(COLUMN[dimension])} = ${value}`,
    sql``,
  );
