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

/** By what cells are summed up, beside the asked dimensions. */
type Place = "hour" | "server_id" | null;

/**
 * A SELECT of what was counted and what it cost: `key0`, `key1`, … of the asked dimensions, `place`, and per outcome and
 * bucket of duration the sums of calls and bytes. What was spent comes in rows of its own, without calls: costs that
 * agents reported have no call at all. Sums by plain columns only, for it reads a row per hour and combination.
 */
export function usageCells(
  sql: Sql,
  { organizationId, conditions, window, by }: CellsOf,
  place: Place = null,
): Fragment {
  const names = by.reduce(
    (all, dimension, index) => sql`${all} ${sql(COLUMN[dimension])} as ${sql(`key${index}`)},`,
    sql``,
  );
  const at = place === null ? sql`` : sql`${sql(place)} as place,`;
  const grouped = [...by.map((dimension) => COLUMN[dimension]), ...(place === null ? [] : [place])].reduce(
    (all, column) => sql`${all} ${sql(column)},`,
    sql``,
  );
  const where = sql`
    organization_id = ${organizationId}
    and hour >= ${new Date(window.fromMs).toISOString()}::timestamptz
    and hour < ${new Date(window.toMs).toISOString()}::timestamptz
    ${conditionsOf(sql, conditions)}`;
  return sql`
    select ${names} ${at} outcome, duration_bucket, sum(calls)::bigint as calls,
      sum(request_bytes)::bigint as request_bytes, sum(response_bytes)::bigint as response_bytes,
      max(response_bytes_max) as response_bytes_max, 0::bigint as spent
    from usage_rollup where ${where} group by ${grouped} outcome, duration_bucket
    union all
    select ${names} ${at} outcome, 0::smallint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, sum(amount_micros)::bigint
    from spend_rollup where ${where} group by ${grouped} outcome`;
}

const conditionsOf = (sql: Sql, conditions: UsageConditions): Fragment =>
  (Object.entries(conditions) as [UsageDimension, string][]).reduce(
    (all, [dimension, value]) => sql`${all} and ${sql(COLUMN[dimension])} = ${value}`,
    sql``,
  );
