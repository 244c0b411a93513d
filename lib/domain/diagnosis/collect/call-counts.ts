import type { CallCounts } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { limits } from "#lib/kernel/limits.ts";
import { percentileMs } from "../../requests/index.ts";
import { isCaller, isTurnedAway, numberOrNull } from "./callers.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

const HOUR_MS = 3_600_000;
/** Windows from this length on are read from hourly counts where they have very many rows: their ends then matter little. */
const COUNTED_MS_MIN = 6 * HOUR_MS;

interface Cell {
  outcome: string;
  method: string | null;
  is_gateway: boolean;
  version_id: string | null;
  count: string;
}

interface Percentiles {
  p50: number | null;
  p95: number | null;
  bytes_p95: number | null;
}

const NO_DOORS = { direct: 0, pinned: 0, gateway: 0 };

/**
 * Callers' requests in the window and in the one before. Exact, from the rows; of servers that keep no history, and of long
 * windows with more than `limits.incidents.countedRowsMax` rows, from the hourly counts, which know neither doors nor
 * what was listed.
 */
export async function countsOf(collection: Collection): Promise<{ now: CallCounts; before: CallCounts }> {
  const { question, nowMs, read } = collection;
  const server = askedServer(question);
  assertIsKept(question, nowMs);
  const { window, before } = question;
  const isLong = window.toMs - window.fromMs >= COUNTED_MS_MIN;
  const isCounted =
    server.retentionDays === 0 || (isLong && (await rowsIn(collection)) > limits.incidents.countedRowsMax);
  const count = isCounted ? countHours : countRows;
  return read(async (sql) => ({
    now: await count(sql, collection, window),
    before: await count(sql, collection, before),
  }));
}

type Span = { readonly fromMs: number; readonly toMs: number };

/** About how many rows of any kind both windows have: whole quarters of an hour. */
async function rowsIn({ question, organizationId, read }: Collection): Promise<number> {
  const { id } = askedServer(question);
  const [row] = await read(
    (sql) => sql<{ rows: string }[]>`
      select coalesce(sum(rows), 0)::text as rows from log_counts
      where organization_id = ${organizationId} and server_id = ${id} and log = 'requests' and span_minutes = 60
        and start >= ${new Date(question.before.fromMs).toISOString()}::timestamptz
        and start < ${new Date(question.window.toMs).toISOString()}::timestamptz`,
  );
  return Number(row?.rows ?? 0);
}

/** Rows are counted by what tells them apart, which leaves few; percentiles are those of the newest calls. */
async function countRows(
  sql: Reader,
  { question, organizationId }: Collection,
  span: Span,
): Promise<CallCounts> {
  const server = askedServer(question);
  const { fromId, toId } = idsOf({ window: span, before: span });
  const inSpan = sql`
    organization_id = ${organizationId} and server_id = ${server.id} and id >= ${fromId} and id < ${toId}
      and ${isCaller(sql)}`;
  const cells = await sql<Cell[]>`
    select outcome, case when method in ('tools/list', 'tools/call') then method end as method,
      gateway_id is not null as is_gateway, version_id, count(*) as count
    from request_log where ${inSpan} group by 1, 2, 3, 4`;
  const [of] = await sql<Percentiles[]>`
    select percentile_disc(0.5) within group (order by duration_ms) as p50,
      percentile_disc(0.95) within group (order by duration_ms) as p95,
      percentile_disc(0.95) within group (order by response_bytes) as bytes_p95
    from (
      select duration_ms, response_bytes from request_log
      where ${inSpan} and method = 'tools/call' and not ${isTurnedAway(sql)}
      order by id desc limit ${limits.incidents.rowsReadMax}
    ) newest`;
  const serving = await versionsThatServed(sql, { organizationId, serverId: server.id }, span);
  const sum = (isOne: (cell: Cell) => boolean): number =>
    cells.filter(isOne).reduce((total, { count }) => total + Number(count), 0);
  // A call that came to a version's own URL is answered by that version, whichever serves.
  const isPinned = ({ is_gateway, version_id }: Cell): boolean =>
    !is_gateway && version_id !== null && !serving.has(version_id);
  const outcomes = [...new Set(cells.map(({ outcome }) => outcome))].sort();
  return {
    lists: sum(({ method }) => method === "tools/list"),
    listsOk: sum(({ method, outcome }) => method === "tools/list" && outcome === "ok"),
    calls: sum(({ method }) => method === "tools/call"),
    callsOk: sum(({ method, outcome }) => method === "tools/call" && outcome === "ok"),
    byOutcome: Object.fromEntries(
      outcomes.map((outcome) => [outcome, sum((cell) => cell.outcome === outcome)]),
    ),
    p50Ms: numberOrNull(of?.p50 ?? null),
    p95Ms: numberOrNull(of?.p95 ?? null),
    responseBytesP95: numberOrNull(of?.bytes_p95 ?? null),
    byDoor: {
      direct: sum((cell) => !cell.is_gateway && !isPinned(cell)),
      pinned: sum(isPinned),
      gateway: sum(({ is_gateway }) => is_gateway),
    },
  };
}

/** Versions that served in the span or, for sessions that stay with them, shortly before it. */
async function versionsThatServed(
  sql: Reader,
  { organizationId, serverId }: { organizationId: string; serverId: string },
  { fromMs }: Span,
): Promise<ReadonlySet<string>> {
  const since = new Date(fromMs - limits.mcp.sessionPinMs).toISOString();
  const rows = await sql<{ id: string | null }[]>`
    select active_version_id as id from servers where organization_id = ${organizationId} and id = ${serverId}
    union
    select unnest(array[version_id, previous_version_id]) from operations
    where organization_id = ${organizationId} and server_id = ${serverId} and switched_at >= ${since}::timestamptz`;
  return new Set(rows.flatMap(({ id }) => id ?? []));
}

/** Whole hours that begin in the span; the hour in which a short span lies. The counts know calls by their tool, lists they do not. */
async function countHours(
  sql: Reader,
  { question, organizationId }: Collection,
  { fromMs, toMs }: Span,
): Promise<CallCounts> {
  const { id } = askedServer(question);
  const from = new Date(Math.floor(fromMs / HOUR_MS) * HOUR_MS).toISOString();
  const cells = await sql<
    { is_call: boolean; outcome: string; bucket: number; calls: string; bytes: string }[]
  >`
    select tool <> '' as is_call, outcome, duration_bucket as bucket, sum(calls)::text as calls,
      max(response_bytes_max)::text as bytes
    from request_rollup
    where organization_id = ${organizationId} and server_id = ${id} and ${isCaller(sql)}
      and hour >= ${from}::timestamptz and hour < ${new Date(toMs).toISOString()}::timestamptz
    group by 1, 2, 3`;
  const sum = (of: typeof cells extends readonly (infer Cell)[] ? (cell: Cell) => boolean : never): number =>
    cells.filter(of).reduce((total, { calls }) => total + Number(calls), 0);
  const buckets: number[] = [];
  for (const { is_call, bucket, calls } of cells)
    if (is_call) buckets[bucket] = (buckets[bucket] ?? 0) + Number(calls);
  const durations = Array.from(buckets, (calls) => calls ?? 0);
  const outcomes = [...new Set(cells.map(({ outcome }) => outcome))].sort();
  return {
    lists: 0,
    listsOk: 0,
    calls: sum(({ is_call }) => is_call),
    callsOk: sum(({ is_call, outcome }) => is_call && outcome === "ok"),
    byOutcome: Object.fromEntries(
      outcomes.map((outcome) => [outcome, sum((cell) => cell.outcome === outcome)]),
    ),
    p50Ms: percentileMs(durations, 0.5),
    p95Ms: percentileMs(durations, 0.95),
    responseBytesP95: null,
    byDoor: NO_DOORS,
  };
}
