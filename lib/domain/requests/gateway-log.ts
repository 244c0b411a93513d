import type { Fragment, Sql } from "postgres";
import type { GatewayLogPage, GatewayLogQuery } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { Ctx } from "../access/index.ts";
import { decodeFactCursor, encodeFactCursor } from "./fact-cursor.ts";
import { momentOf } from "./log-view.ts";
import { rowConditions } from "./request-conditions.ts";
import {
  type StoredRequest,
  storedRequestColumns,
  storedRequestJoins,
  toRequestRow,
} from "./request-rows.ts";
import { answeringInTime } from "./slow-query.ts";
import { idBounds, visibleSinceMs, visibleWindow, type Window } from "./visible-window.ts";

const { totalMax, offsetRowsMax } = limits.requests;

export interface GatewayLogInput extends Omit<GatewayLogQuery, "server"> {
  gatewayId: string;
  /** Only this server; null: all that ever were behind the gateway. */
  serverId: string | null;
}

interface StoredGatewayRow extends StoredRequest {
  server_slug: string | null;
  server_name: string | null;
}

/** The log of one gateway of the caller's organization, newest first; see `listGatewayLogs`. */
export const readGatewayLog = (ctx: Ctx, input: GatewayLogInput): Promise<GatewayLogPage> =>
  answeringInTime(readPage(ctx, input));

async function readPage(ctx: Ctx, input: GatewayLogInput): Promise<GatewayLogPage> {
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const { asOfMs } = momentOf(nowMs, input.asOf);
  const servers = await retentionsOf(sql, ctx.organization.id, nowMs);
  const window = visibleWindow(input, { asOfMs, visibleSinceMs: servers.sinceMs });
  const offset = input.cursor === undefined ? (input.page - 1) * input.pageSize : 0;
  if (offset > offsetRowsMax) throw tooDeep();
  // By the gateway alone, which is the organization's: so no plan walks all rows of the organization instead.
  const where = (bounds: { fromId: string; toId: string }) => sql`
    gateway_id = ${input.gatewayId} and id >= ${bounds.fromId} and id < ${bounds.toId}
    ${servers.shorter(sql)}
    ${conditionsOf(sql, ctx.organization.id, input)}`;
  const { total, totalIsCapped } = await countUpToCap(sql, where, window);
  const bounds = idBounds(window);
  const cursorId = input.cursor === undefined ? null : decodeFactCursor(input.cursor);
  const belowId = cursorId === null || cursorId > bounds.toId ? bounds.toId : cursorId;
  const rows = await sql<StoredGatewayRow[]>`
    with page as materialized (
      select id from request_log where ${where({ fromId: bounds.fromId, toId: belowId })}
      order by id desc limit ${input.pageSize + 1} offset ${offset}
    )
    select ${storedRequestColumns(sql)}, s.slug as server_slug, s.name as server_name
    from page
    join request_log r on r.organization_id = ${ctx.organization.id} and r.id = page.id
    left join servers s on s.organization_id = r.organization_id and s.id = r.server_id
    ${storedRequestJoins(sql)}
    order by r.id desc`;
  const shown = rows.slice(0, input.pageSize);
  const last = shown.at(-1);
  return {
    data: shown.map((row) => ({
      ...toRequestRow(row),
      serverSlug: row.server_slug,
      serverName: row.server_name,
    })),
    page: input.page,
    pageSize: input.pageSize,
    total,
    totalIsCapped,
    nextCursor: last && rows.length > input.pageSize ? encodeFactCursor(last.id) : null,
    asOf: new Date(asOfMs).toISOString(),
  };
}

async function countUpToCap(
  sql: Sql,
  where: (bounds: { fromId: string; toId: string }) => Fragment,
  window: Window,
): Promise<{ total: number; totalIsCapped: boolean }> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select 1 from request_log where ${where(idBounds(window))} limit ${totalMax + 1}
    ) counted`;
  const total = row?.n ?? 0;
  return { total, totalIsCapped: total > totalMax };
}

function conditionsOf(sql: Sql, organizationId: string, input: GatewayLogInput): Fragment {
  const { serverId, principal, decision } = input;
  return sql`
    ${rowConditions(sql, organizationId, input)}
    ${serverId === null ? sql`` : sql`and server_id = ${serverId}`}
    ${principal === undefined ? sql`` : sql`and principal = ${principal}`}
    ${decision === undefined ? sql`` : decisionCondition(sql, decision)}`;
}

/** Denials have an index of their own, which is found only when its own condition is spelled out. */
function decisionCondition(sql: Sql, decision: string): Fragment {
  if (decision === "allowed") return sql`and decision = 'allowed'`;
  if (decision === "denied") return sql`and decision <> 'allowed'`;
  return sql`and decision <> 'allowed' and decision = ${decision}`;
}

/**
 * How far back the servers of the organization may be seen: the longest retention bounds the window, and `shorter` cuts
 * off the servers that keep less. What a deleted server left behind is not shown.
 */
async function retentionsOf(sql: Sql, organizationId: string, nowMs: number) {
  const rows = await sql<{ id: string; days: number }[]>`
    select id, case when deleted_at is null then retention_days else 0 end as days
    from servers where organization_id = ${organizationId}`;
  const longest = rows.reduce((days, row) => Math.max(days, row.days), 0);
  const byDays = Map.groupBy(
    rows.filter(({ days }) => days < longest),
    ({ days }) => days,
  );
  const shorter = (sql_: Sql): Fragment => {
    const cuts = [...byDays].map(([days, servers]) => {
      const { fromId } = idBounds({ fromMs: visibleSinceMs(days, nowMs), toMs: 0 });
      return sql_`and not (id < ${fromId} and server_id = any(${servers.map(({ id }) => id)}::text[]))`;
    });
    return cuts.reduce((all, cut) => sql_`${all} ${cut}`, sql_``);
  };
  return { sinceMs: visibleSinceMs(longest, nowMs), shorter };
}

function tooDeep(): DomainError {
  const message = `Pages reach back ${offsetRowsMax} rows. Use the cursor to go further, or a time.`;
  return new DomainError("invalid_input", message, {
    errors: [{ path: "page", code: "too_deep", message }],
  });
}
