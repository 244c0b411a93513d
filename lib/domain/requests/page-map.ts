import type { Sql } from "postgres";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { type RequestConditions, rowConditions, sharedConditions } from "./request-conditions.ts";
import { OTHER_TOOLS } from "./rollup-tools.ts";
import { HOUR_MS, hourOf, idBounds, type Window } from "./visible-window.ts";

/** Where a page begins: skip `skip` matching rows below `belowId`. */
export interface PageStart {
  total: number;
  /** Null when the page lies behind the last row. */
  start: { belowId: string; skip: number } | null;
}

export interface PageMapInput {
  organizationId: string;
  serverId: string;
  window: Window;
  conditions: RequestConditions;
  /** Matching rows before the page, newest first. */
  offset: number;
}

/**
 * Finds a page at any depth without walking to it: the hourly counts say in which hour it begins, so that at most the
 * rows of one hour are skipped. The parts of the first and the last hour that lie outside the window are counted from
 * the rows. Null when the counts do not know the tool that is filtered by.
 */
export async function findPageByCounts(sql: Sql, input: PageMapInput): Promise<PageStart | null> {
  const { organizationId, serverId, window, conditions } = input;
  if (window.toMs <= window.fromMs) return { total: 0, start: null };
  const { fromId, toId } = idBounds(window);
  const firstHourMs = hourOf(window.fromMs);
  const endMs = hourOf(window.toMs - 1) + HOUR_MS;
  const outside = (from: string, to: string) => sql`
    select count(*) from request_log
    where organization_id = ${organizationId} and server_id = ${serverId} and id >= ${from} and id < ${to}
    ${rowConditions(sql, conditions)}`;
  const hours = sql`
    organization_id = ${organizationId} and server_id = ${serverId} and stored > 0
    and hour >= ${new Date(firstHourMs).toISOString()}::timestamptz
    and hour < ${new Date(endMs).toISOString()}::timestamptz`;
  const [row] = await sql<
    {
      total: string | null;
      newer: string;
      older: string;
      hour_ms: string | null;
      before: string | null;
      others: boolean;
    }[]
  >`
    with edges as materialized (
      select (${outside(toId, uuid7Floor(endMs))}) as newer,
        (${outside(uuid7Floor(firstHourMs), fromId)}) as older
    ), cells as (
      select hour, sum(stored) as n from request_rollup
      where ${hours} ${sharedConditions(sql, conditions)}
      group by hour
    ), ranked as (
      select hour, n, sum(n) over (order by hour desc) as upto from cells
    ), hit as (
      select hour, upto - n as before from ranked, edges
      where upto > ${input.offset}::bigint + edges.newer
      order by hour desc limit 1
    )
    select (select sum(n) from cells) as total, edges.newer, edges.older,
      (select extract(epoch from hour) * 1000 from hit)::bigint as hour_ms,
      (select before from hit)::bigint as before,
      ${conditions.tool === undefined ? sql`false` : sql`exists (select 1 from request_rollup where ${hours} and tool = ${OTHER_TOOLS})`} as others
    from edges`;
  if (!row || row.others) return null;
  const newer = Number(row.newer);
  const total = Math.max(0, Number(row.total ?? 0) - newer - Number(row.older));
  if (row.hour_ms === null || input.offset >= total) return { total, start: null };
  const hourEndMs = Number(row.hour_ms) + HOUR_MS;
  // In the newest hour rows keep coming: begin at the window's end, below them.
  if (hourEndMs === endMs) return { total, start: { belowId: toId, skip: input.offset } };
  const belowId = uuid7Floor(hourEndMs);
  return { total, start: { belowId, skip: input.offset + newer - Number(row.before ?? 0) } };
}
