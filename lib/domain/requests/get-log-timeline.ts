import type { Fragment, Sql } from "postgres";
import { z } from "zod";
import { type LogTimeline, type TimelineEntry, TimelineQuery } from "#lib/contract/index.ts";
import { DomainError, notFound } from "#lib/kernel/errors.ts";
import { timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
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

const { timelineEntriesMax } = limits.requests;

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

/** Conditions for the three tables, and the window they are about. */
interface Selection {
  window: Window;
  rows: Fragment;
  traces: Fragment;
  /** True when the console lines are all that the server wrote in the window. */
  areAllLines: boolean;
}

async function readTimeline(ctx: Ctx, server: LoggedServer, input: Input): Promise<LogTimeline> {
  const { sql } = ctx.database;
  const nowMs = ctx.clock.nowMs();
  const selection = await select(sql, server, input, nowMs);
  const { organizationId, id: serverId } = server;
  const { fromId, toId } = idBounds(selection.window);
  const inWindow = sql`server_id = ${serverId} and id >= ${fromId} and id < ${toId}`;
  const rowsMax = timelineEntriesMax + 1;
  const [rows, lines, calls] = await Promise.all([
    readRows(sql, organizationId, sql`${inWindow} and ${selection.rows}`),
    selectConsoleLines(
      sql,
      sql`organization_id = ${organizationId} and ${inWindow} and ${selection.traces} order by id limit ${rowsMax}`,
    ),
    readUpstreamCalls(sql, organizationId, sql`${inWindow} and ${selection.traces}`, rowsMax),
  ]);
  const shown = {
    rows: rows.slice(0, timelineEntriesMax).map(toRequestRow),
    lines: lines.slice(0, timelineEntriesMax).map(toConsoleLine),
    calls: calls.slice(0, timelineEntriesMax).map(toUpstreamCall),
  };
  if (input.requestId !== undefined && rows.length + lines.length + calls.length === 0)
    throw notFound("request");
  const capped = (
    [
      ["gateway", rows],
      ["runtime", lines],
      ["upstream", calls],
    ] as const
  ).flatMap(([source, { length }]) => (length > timelineEntriesMax ? [source] : []));
  return {
    from: new Date(selection.window.fromMs).toISOString(),
    to: new Date(selection.window.toMs).toISOString(),
    entries: merge(shown),
    capped,
    gaps: await findGaps(sql, {
      organizationId,
      serverId,
      ...shown,
      areAllLines: selection.areAllLines,
      nowMs,
    }),
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
    return ofRequest(sql, server, requestUuid(input.requestId), input, within);
  const { from, to, session, marginMs } = input;
  if (session === undefined && (from === undefined || to === undefined))
    throw incomplete("Give a requestId, a session, or both from and to.");
  const window = within(
    from === undefined ? visibleMs : Date.parse(from) - marginMs,
    to === undefined ? nowMs : Date.parse(to) + marginMs,
  );
  if (session === undefined) return { window, rows: sql`true`, traces: sql`true`, areAllLines: true };
  return ofSession(sql, server, session, window);
}

async function ofRequest(
  sql: Sql,
  { organizationId, id: serverId }: LoggedServer,
  uuid: string,
  { marginMs }: Input,
  within: (fromMs: number, toMs: number) => Window,
): Promise<Selection> {
  const startedMs = timeOfUuid7(uuid);
  const [row] = await sql<{ ended_ms: number | null }[]>`
    select max(duration_ms) as ended_ms from request_log
    where organization_id = ${organizationId} and server_id = ${serverId} and request_id = ${uuid}
      and id >= ${uuid7Floor(startedMs - SKEW_MS)}`;
  const endedMs = startedMs + (row?.ended_ms ?? limits.mcp.toolCallDurationMsMax);
  const nearby = idBounds({ fromMs: startedMs - marginMs, toMs: endedMs + marginMs });
  return {
    window: within(startedMs - marginMs, endedMs + marginMs),
    rows: sql`request_id = ${uuid}`,
    traces: sql`(request_id = ${uuid} or (request_id is null and id >= ${nearby.fromId} and id < ${nearby.toId}))`,
    areAllLines: false,
  };
}

async function ofSession(
  sql: Sql,
  { organizationId, id: serverId }: LoggedServer,
  session: string,
  window: Window,
): Promise<Selection> {
  const { fromId, toId } = idBounds(window);
  const calls = sql`
    select request_id from request_log
    where organization_id = ${organizationId} and server_id = ${serverId} and session_hash = ${session}
      and id >= ${fromId} and id < ${toId} order by id limit ${timelineEntriesMax}`;
  return {
    window,
    rows: sql`session_hash = ${session}`,
    traces: sql`request_id in (${calls})`,
    areAllLines: false,
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
