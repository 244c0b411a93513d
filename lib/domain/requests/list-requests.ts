import type { Fragment, Sql } from "postgres";
import { RequestLogQuery, type RequestPage } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { decodeFactCursor, encodeFactCursor } from "./fact-cursor.ts";
import { type LoggedServer, LoggedServerRef, loggedServer } from "./logged-server.ts";
import { findPageByCounts, type PageMapInput, type PageStart } from "./page-map.ts";
import { isCountedByRollups, rowConditions } from "./request-conditions.ts";
import {
  type StoredRequest,
  storedRequestColumns,
  storedRequestJoins,
  toRequestRow,
} from "./request-rows.ts";
import { answeringInTime } from "./slow-query.ts";
import { idBounds, visibleSinceMs, visibleWindow } from "./visible-window.ts";

const { totalMax, offsetRowsMax } = limits.requests;

/**
 * The request log of one server, newest first. By page: pinned to `asOf`, so that new rows do not move the pages; by
 * cursor: fast at any depth. `total` is exact where the hourly counts know what is filtered by, else it stops at
 * `limits.requests.totalMax + 1` and says so. A page behind the last row is empty. Throws `invalid_input` for a page
 * that only a walk through too many rows could find; a cursor gets there.
 */
export const listRequests = query({
  name: "request.list",
  scope: "logs:read",
  input: RequestLogQuery.extend(LoggedServerRef.shape),
  async run(ctx, input): Promise<RequestPage> {
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    return answeringInTime(readPage(ctx, server, input));
  },
});

async function readPage(ctx: Ctx, server: LoggedServer, input: RequestLogQuery): Promise<RequestPage> {
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const asOfMs = input.asOf === undefined ? nowMs : Date.parse(input.asOf);
  const window = visibleWindow(input, {
    asOfMs,
    visibleSinceMs: visibleSinceMs(server.retentionDays, nowMs),
  });
  const offset = input.cursor === undefined ? (input.page - 1) * input.pageSize : 0;
  const map = {
    organizationId: server.organizationId,
    serverId: server.id,
    window,
    conditions: input,
    offset,
  };
  const cursorId = input.cursor === undefined ? null : decodeFactCursor(input.cursor);
  const { total, totalIsCapped, start } = await findPage(sql, map);
  const { toId } = idBounds(window);
  const from = cursorId === null ? start : { belowId: [cursorId, toId].sort()[0] ?? toId, skip: 0 };
  const rows = from === null ? [] : await readRows(sql, map, from, input.pageSize + 1);
  const shown = rows.slice(0, input.pageSize);
  const last = shown.at(-1);
  return {
    data: shown.map(toRequestRow),
    page: input.page,
    pageSize: input.pageSize,
    total,
    totalIsCapped,
    nextCursor: last && rows.length > input.pageSize ? encodeFactCursor(last.id) : null,
    asOf: new Date(asOfMs).toISOString(),
    search: null,
  };
}

async function findPage(sql: Sql, input: PageMapInput): Promise<PageStart & { totalIsCapped: boolean }> {
  if (isCountedByRollups(input.conditions)) {
    const found = await findPageByCounts(sql, input);
    if (found) return { ...found, totalIsCapped: false };
  }
  return findPageByWalking(sql, input);
}

/** Counts up to a cap, and skips up to a bound. */
async function findPageByWalking(
  sql: Sql,
  input: PageMapInput,
): Promise<PageStart & { totalIsCapped: boolean }> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select 1 from request_log where ${inWindow(sql, input)} limit ${totalMax + 1}
    ) counted`;
  const total = row?.n ?? 0;
  const totalIsCapped = total > totalMax;
  const { toId } = idBounds(input.window);
  if (!totalIsCapped && input.offset >= total) return { total, totalIsCapped, start: null };
  if (input.offset > offsetRowsMax) {
    const everything = await findPageByCounts(sql, { ...input, conditions: {} });
    if (everything && input.offset >= everything.total) return { total, totalIsCapped, start: null };
    const message = `With this filter, pages reach back ${offsetRowsMax} rows. Use the cursor to go further, or a time.`;
    throw new DomainError("invalid_input", message, {
      errors: [{ path: "page", code: "too_deep", message }],
    });
  }
  return { total, totalIsCapped, start: { belowId: toId, skip: input.offset } };
}

function inWindow(sql: Sql, { organizationId, serverId, window, conditions }: PageMapInput): Fragment {
  const { fromId, toId } = idBounds(window);
  return sql`
    organization_id = ${organizationId} and server_id = ${serverId} and id >= ${fromId} and id < ${toId}
    ${rowConditions(sql, conditions)}`;
}

/** The ids first, which an index answers alone where nothing is filtered; then their rows. */
function readRows(
  sql: Sql,
  input: PageMapInput,
  start: { belowId: string; skip: number },
  rowsMax: number,
): Promise<StoredRequest[]> {
  const { organizationId, serverId, window, conditions } = input;
  const { fromId } = idBounds(window);
  return sql<StoredRequest[]>`
    with page as materialized (
      select id from request_log
      where server_id = ${serverId} and id >= ${fromId} and id < ${start.belowId}
      ${rowConditions(sql, conditions)}
      order by id desc limit ${rowsMax} offset ${start.skip}
    )
    select ${storedRequestColumns(sql)} from page
    join request_log r on r.organization_id = ${organizationId} and r.id = page.id
    ${storedRequestJoins(sql)}
    order by r.id desc`;
}
