import type { Sql } from "postgres";

interface Expiry {
  organizationId: string;
  serverId: string;
  /** A whole hour: rows of earlier calls are about to be deleted. */
  beforeMs: number;
}

/**
 * Takes the rows before a time out of the counts of a server, in one statement: spans that are over by then go, and the
 * day in which it lies loses what its hours had, so that it counts exactly the rows that stay. Before the rows
 * themselves: a page never leads to a row that is being deleted. In the order of the key, like the writers, so that
 * neither waits for the other in a circle.
 */
export async function forgetCounts(sql: Sql, { organizationId, serverId, beforeMs }: Expiry): Promise<void> {
  const before = sql`${new Date(beforeMs).toISOString()}::timestamptz`;
  const sameKey = (one: string, other: string) => sql`
    ${sql(one)}.organization_id = ${sql(other)}.organization_id and ${sql(one)}.server_id = ${sql(other)}.server_id
    and ${sql(one)}.log = ${sql(other)}.log and ${sql(one)}.span_minutes = ${sql(other)}.span_minutes
    and ${sql(one)}.start = ${sql(other)}.start and ${sql(one)}.level = ${sql(other)}.level`;
  await sql`
    with touched as materialized (
      select * from log_counts
      where organization_id = ${organizationId} and server_id = ${serverId} and start < ${before}
      order by organization_id, server_id, log, span_minutes, start, level
      for update
    ), gone as (
      delete from log_counts c using touched t
      where ${sameKey("c", "t")} and t.start + t.span_minutes * interval '1 minute' <= ${before}
      returning c.log, c.span_minutes, c.start, c.level, c.rows
    ), cut as (
      select log, level, sum(rows)::bigint as rows from gone
      where span_minutes = 60 and start >= date_trunc('day', ${before}, 'UTC')
      group by log, level
    )
    update log_counts c set rows = c.rows - cut.rows
    from cut
    where c.organization_id = ${organizationId} and c.server_id = ${serverId} and c.log = cut.log
      and c.span_minutes = 1440 and c.start = date_trunc('day', ${before}, 'UTC') and c.level = cut.level`;
}
