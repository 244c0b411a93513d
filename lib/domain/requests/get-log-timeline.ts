import type { Fragment, Sql } from "postgres";
import { z } from "zod";
import { type LogTimeline, type TimelineEntry, TimelineQuery } from "#lib/contract/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type Ctx, query } from "../access/index.ts";
import { selectConsoleLines, toConsoleLine } from "./console-lines.ts";
import { findGaps, SKEW_MS } from "./find-gaps.ts";
import { type LoggedServer, LoggedServerRef, loggedServer } from "./logged-server.ts";
import { requestUuid } from "./request-conditions.ts";
import {
  type StoredRequest,
  storedRequestColumns,
  storedRequestJoins,
  toRequestRow,
} from "./request-rows.ts";
import { answeringInTime } from "./slow-query.ts";
import { readUpstreamCalls, toUpstreamCall } from "./upstream-calls.ts";
import { idBounds, visibleSinceMs, visibleWindow, type Window } from "./visible-window.ts";

const { timelineEntriesMax, timelineTracesMax } = limits.requests;

const Input = z.object({ ...TimelineQuery.shape, ...LoggedServerRef.shape });
type Input = z.output<typeof Input>;

/**
 * What the gateway, the runtime and the egress proxy saw of one request, one session or one window, oldest first. With
 * a request come the lines and calls near it that name no request at all, such as the last words of a runtime. Each
 * source ends at `limits.requests.timelineEntriesMax` entries and says so. Throws `not_found` for a request of which
 * nothing is stored.
 */
export const getLogTimeline = query({
  name: "logs.timeline",
  scope: "logs:read",
  input: Input,
  async run(ctx, input): Promise<LogTimeline> {
    const server = await loggedServer(ctx.database, ctx.organization.id, input.server);
    return answeringInTime(readTimeline(ctx, server, input));
  },
});

type TraceTable = "console_log" | "upstream_calls";

/** What is asked for: a window, conditions on request_log, and which lines and calls belong to it. */
interface Selection {
  window: Window;
  rows: Fragment;
  /** Ids, by indexes and in no order; null: all in the window. */
  traceIds: ((table: TraceTable) => Fragment) | null;
}

async function readTimeline(ctx: Ctx, server: LoggedServer, input: Input): Promise<LogTimeline> {
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const { window, rows: rowsWhere, traceIds } = await select(sql, server, input, nowMs);
  const { organizationId, id: serverId } = server;
  const { fromId, toId } = idBounds(window);
  const inWindow = sql`server_id = ${serverId} and id >= ${fromId} and id < ${toId}`;
  const entriesMax = timelineEntriesMax + 1;
  const traces = (table: TraceTable): Fragment =>
    traceIds === null
      ? inWindow
      : sql`id = any(array(select id from (${traceIds(table)}) found order by id limit ${entriesMax}))`;
  const [rows, lines, calls] = await Promise.all([
    readRows(sql, organizationId, sql`server_id = ${serverId} and ${rowsWhere}`),
    selectConsoleLines(
      sql,
      sql`organization_id = ${organizationId} and ${traces("console_log")} order by id limit ${entriesMax}`,
    ),
    readUpstreamCalls(sql, organizationId, traces("upstream_calls"), entriesMax),
  ]);
  const shown = {
    rows: rows.slice(0, timelineEntriesMax).map(toRequestRow),
    lines: lines.slice(0, timelineEntriesMax).map(toConsoleLine),
    calls: calls.slice(0, timelineEntriesMax).map(toUpstreamCall),
  };
  const isTrace = ({ requestId }: { requestId?: string | null | undefined }) =>
    requestId !== undefined && requestId !== null;
  if (
    input.requestId !== undefined &&
    rows.length === 0 &&
    !shown.lines.some(isTrace) &&
    !shown.calls.some(isTrace)
  )
    throw notFound("request");
  const capped = (
    [
      ["gateway", rows],
      ["runtime", lines],
      ["upstream", calls],
    ] as const
  ).flatMap(([source, { length }]) => (length > timelineEntriesMax ? [source] : []));
  return {
    from: new Date(window.fromMs).toISOString(),
    to: new Date(window.toMs).toISOString(),
    entries: merge(shown),
    capped,
    gaps: await findGaps(sql, { organizationId, serverId, ...shown, areAllLines: traceIds === null, nowMs }),
  };
}

const readRows = (sql: Sql, organizationId: string, where: Fragment): Promise<StoredRequest[]> =>
  sql<StoredRequest[]>`
    select ${storedRequestColumns(sql)}
    from (
      select * from request_log where organization_id = ${organizationId} and ${where}
      order by id limit ${timelineEntriesMax + 1}
    ) r
    ${storedRequestJoins(sql)}
    order by r.id`;

async function select(sql: Sql, server: LoggedServer, input: Input, nowMs: number): Promise<Selection> {
  const visibleMs = visibleSinceMs(server.retentionDays, nowMs);
  const within = (fromMs: number, toMs: number): Window =>
    visibleWindow(
      { from: iso(fromMs), to: iso(toMs) },
      { asOfMs: nowMs + limits.logStream.lineAheadMsMax, visibleSinceMs: visibleMs },
    );
  if (input.requestId !== undefined)
    return ofRequest(sql, server, requestUuid(input.requestId), input.marginMs, within);
  const { from, to, session, marginMs } = input;
  if (session === undefined && (from === undefined || to === undefined))
    throw incomplete("Give a requestId, a session, or both from and to.");
  const window = within(
    from === undefined ? visibleMs : Date.parse(from) - marginMs,
    to === undefined ? nowMs : Date.parse(to) + marginMs,
  );
  if (session !== undefined) return ofSession(sql, server, session, window);
  const { fromId, toId } = idBounds(window);
  return { window, rows: sql`id >= ${fromId} and id < ${toId}`, traceIds: null };
}

/** With what names no request around its beginning and its end: a runtime that starts or dies. */
async function ofRequest(
  sql: Sql,
  { organizationId, id: serverId }: LoggedServer,
  uuid: string,
  marginMs: number,
  within: (fromMs: number, toMs: number) => Window,
): Promise<Selection> {
  const startedMs = timeOfUuid7(uuid);
  const visible = within(startedMs - SKEW_MS, Number.MAX_SAFE_INTEGER);
  const rows = sql`request_id = ${uuid} and id >= ${idBounds(visible).fromId}`;
  const [row] = await sql<{ duration_ms: number | null }[]>`
    select max(duration_ms) as duration_ms from request_log
    where organization_id = ${organizationId} and server_id = ${serverId} and ${rows}`;
  const endedMs = startedMs + (row?.duration_ms ?? limits.mcp.toolCallDurationMsMax);
  const nameless = (table: TraceTable, aroundMs: number): Fragment => {
    const { fromId, toId } = idBounds(within(aroundMs - marginMs, aroundMs + marginMs));
    return sql`
      (select id from ${sql(table)} where server_id = ${serverId} and request_id is null
        and id >= ${fromId} and id < ${toId} limit ${timelineTracesMax})`;
  };
  return {
    window: within(startedMs - marginMs, endedMs + marginMs),
    rows,
    traceIds: (table) => sql`
      (select id from ${sql(table)} where server_id = ${serverId} and ${rows} limit ${timelineTracesMax})
      union ${nameless(table, startedMs)} union ${nameless(table, endedMs)}`,
  };
}

async function ofSession(
  sql: Sql,
  { organizationId, id: serverId }: LoggedServer,
  session: string,
  window: Window,
): Promise<Selection> {
  const { fromId, toId } = idBounds(window);
  const rows = sql`session_hash = ${session} and id >= ${fromId} and id < ${toId}`;
  const calls = await sql<{ request_id: string }[]>`
    select request_id from request_log
    where organization_id = ${organizationId} and server_id = ${serverId} and ${rows}
    order by id limit ${timelineEntriesMax}`;
  const requestIds = [...new Set(calls.map((call) => call.request_id))];
  return {
    window,
    rows,
    traceIds: (table) => sql`
      select id from ${sql(table)}
      where server_id = ${serverId} and request_id = any(${requestIds}::uuid[])
        and id >= ${fromId} and id < ${toId} limit ${timelineTracesMax}`,
  };
}

/** Far times are no dates: they become the first and the last that are. */
const DATE_MS_MAX = 8.64e15;
const iso = (ms: number): string => new Date(Math.max(-DATE_MS_MAX, Math.min(DATE_MS_MAX, ms))).toISOString();

function incomplete(message: string): DomainError {
  return new DomainError("invalid_input", message, {
    errors: [{ path: "requestId", code: "missing", message }],
  });
}

function merge(seen: {
  rows: readonly ReturnType<typeof toRequestRow>[];
  lines: readonly ReturnType<typeof toConsoleLine>[];
  calls: readonly ReturnType<typeof toUpstreamCall>[];
}): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...seen.rows.map((row): TimelineEntry => ({ source: "gateway", at: row.timestamp, row })),
    ...seen.lines.map((line): TimelineEntry => ({ source: "runtime", at: iso(line.timestamp), line })),
    ...seen.calls.map((call): TimelineEntry => ({ source: "upstream", at: call.timestamp, call })),
  ];
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
