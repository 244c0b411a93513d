import type { Sql } from "postgres";
import type { ConsoleLine, LogGap, RequestRow, UpstreamCall } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  gapWithoutGateway,
  gapWithoutRuntime,
  type LinePosition,
  missingLines,
  shouldHaveTraces,
  tracesOf,
} from "./log-gaps.ts";
import { requestUuid } from "./request-conditions.ts";

const { gapsMax, gapAgeMsMin, gapLinesMax, gapNeighboursMax } = limits.requests;
/** How far the ids of a request's own rows may lie before its id: clocks of a runtime and its edge differ. */
export const SKEW_MS = limits.logStream.lineAgeMsMax;

export interface Seen {
  readonly organizationId: string;
  readonly serverId: string;
  readonly rows: readonly RequestRow[];
  readonly lines: readonly ConsoleLine[];
  readonly calls: readonly UpstreamCall[];
  /** True when `lines` are all lines of the server between the first and the last of them. */
  readonly areAllLines: boolean;
  readonly nowMs: number;
}

/** What one source saw and another, which should have, did not; oldest first, at most `limits.requests.gapsMax`. */
export async function findGaps(sql: Sql, seen: Seen): Promise<LogGap[]> {
  const found = await Promise.all([
    withoutGateway(sql, seen),
    withoutRuntime(sql, seen),
    withoutLines(sql, seen),
  ]);
  return found
    .flat()
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
    .slice(0, gapsMax);
}

/** A row is stored when its exchange ended: what may still run is not asked about. */
async function withoutGateway(sql: Sql, seen: Seen): Promise<LogGap[]> {
  const known = new Set(seen.rows.map(({ requestId }) => requestId));
  const endedBeforeMs = seen.nowMs - limits.mcp.toolCallDurationMsMax - gapAgeMsMin;
  const orphans = [...tracesOf(seen.lines, seen.calls).values()].filter(
    ({ requestId, toMs }) => !known.has(requestId) && toMs < endedBeforeMs,
  );
  const stored = await storedIds(
    sql,
    seen,
    "request_log",
    orphans.map(({ requestId }) => requestId),
  );
  return orphans.filter(({ requestId }) => !stored.has(requestId)).map(gapWithoutGateway);
}

async function withoutRuntime(sql: Sql, seen: Seen): Promise<LogGap[]> {
  const traced = tracesOf(seen.lines, seen.calls);
  const silent = seen.rows.filter(
    (row) =>
      shouldHaveTraces(row) &&
      !traced.has(row.requestId) &&
      Date.parse(row.timestamp) + row.durationMs < seen.nowMs - gapAgeMsMin,
  );
  const ids = silent.map(({ requestId }) => requestId);
  const [lines, calls] = await Promise.all([
    storedIds(sql, seen, "console_log", ids),
    storedIds(sql, seen, "upstream_calls", ids),
  ]);
  return silent
    .filter(({ requestId }) => !lines.has(requestId) && !calls.has(requestId))
    .map(gapWithoutRuntime);
}

/** Which of `requestIds` a table of the server has rows of. */
async function storedIds(
  sql: Sql,
  { organizationId, serverId }: Seen,
  table: "request_log" | "console_log" | "upstream_calls",
  requestIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (requestIds.length === 0) return new Set();
  const uuids = [...new Set(requestIds.map(requestUuid))];
  const floor = uuid7Floor(Math.min(...uuids.map(timeOfUuid7)) - SKEW_MS);
  const rows = await sql<{ request_id: string }[]>`
    select distinct request_id from ${sql(table)}
    where organization_id = ${organizationId} and server_id = ${serverId} and id >= ${floor}
      and request_id in ${sql(uuids)}`;
  return new Set(rows.map((row) => encodeId("req", row.request_id)));
}

/** Holes in the numbers of the lines; of a request's lines, those of all lines written meanwhile. */
async function withoutLines(sql: Sql, seen: Seen): Promise<LogGap[]> {
  const first = seen.lines[0];
  const last = seen.lines.at(-1);
  if (first === undefined || last === undefined) return [];
  const { organizationId, serverId, nowMs } = seen;
  const positions = async (condition: ReturnType<Sql>, linesMax: number): Promise<LinePosition[]> => {
    const rows = await sql<{ id: string; epoch: string; seq: string }[]>`
      select id, epoch, seq from console_log
      where organization_id = ${organizationId} and server_id = ${serverId} and ${condition} limit ${linesMax}`;
    return rows.map(({ id, epoch, seq }) => ({ epoch, seq: Number(seq), timestamp: timeOfUuid7(id) }));
  };
  const fromId = uuid7Floor(first.timestamp);
  const toId = uuid7Floor(last.timestamp + 1);
  const between: readonly LinePosition[] = seen.areAllLines
    ? seen.lines
    : await positions(sql`id >= ${fromId} and id < ${toId} order by id`, gapLinesMax + 1);
  const olderThanMs = nowMs - gapAgeMsMin;
  if (between.length > gapLinesMax || missingLines(between, [], olderThanMs).length === 0) return [];
  const around = await Promise.all([
    positions(sql`id < ${fromId} order by id desc`, gapNeighboursMax),
    positions(sql`id >= ${toId} order by id`, gapNeighboursMax),
  ]);
  return missingLines(between, around.flat(), olderThanMs);
}
