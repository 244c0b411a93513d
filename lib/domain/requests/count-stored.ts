import type { ISql } from "postgres";
import type { StoredLog } from "#lib/contract/index.ts";

/** Spans in which rows are counted, in minutes. Each divides the next, and all begin at UTC. */
const QUARTER_MINUTES = 15;
const QUARTER_MS = QUARTER_MINUTES * 60_000;

/**
 * A common table expression that counts the rows of another one named `stored`, which has organization_id, server_id,
 * level and id: those that its INSERT really made. Belongs into the statement that stores them, so that rows and counts
 * are always there together and a repeated batch counts nothing. In the order of the key: writers wait for each other,
 * but never in a circle.
 */
export const countStored = (sql: ISql, log: StoredLog) => sql`
  quarters as (
    select organization_id, server_id, level, count(*) as rows,
      ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / ${QUARTER_MS}::bigint as quarter
    from stored group by organization_id, server_id, level, quarter
  ), counted_by_span as (
    insert into log_counts (organization_id, server_id, log, span_minutes, start, level, rows)
    select organization_id, server_id, ${log}::text, minutes,
      to_timestamp((quarter * ${QUARTER_MINUTES}::bigint / minutes * minutes * 60)::float8) as start, level, sum(rows)
    from quarters cross join (values (15::smallint), (60::smallint), (1440::smallint)) spans(minutes)
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 3, 4, 5, 6
    on conflict (organization_id, server_id, log, span_minutes, start, level) do update set
      rows = log_counts.rows + excluded.rows
  )`;
