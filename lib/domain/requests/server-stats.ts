import type { Database } from "#lib/db/index.ts";
import { percentileMs } from "./duration-buckets.ts";
import { levelNumber } from "./fact-levels.ts";
import { HOUR_MS, hourOf } from "./visible-window.ts";

/** What a server did in a span. A call is a JSON-RPC request, answered or not; an error is a call that failed. */
export interface ServerStats {
  calls: number;
  errors: number;
  /** `errors / calls`, or null without calls. */
  errorRate: number | null;
  /** Null without calls. */
  p95Ms: number | null;
}

/** Calls of one hour; `hour` is its beginning, RFC 3339. */
export interface HourOfCalls {
  hour: string;
  calls: number;
  errors: number;
}

const P95 = 0.95;
const ERROR = levelNumber("error");
const wholeHours = (fromMs: number, toMs: number) => ({
  from: new Date(hourOf(fromMs)).toISOString(),
  to: new Date(toMs).toISOString(),
});

/**
 * Counts of the whole hours that overlap `fromMs`…`toMs` (exclusive), from the hourly counts, for each of `serverIds`
 * that belongs to the organization. A server without calls is answered too.
 */
export async function serverStats(
  database: Database,
  organizationId: string,
  serverIds: readonly string[],
  fromMs: number,
  toMs: number,
): Promise<Map<string, ServerStats>> {
  const { sql } = database;
  const { from, to } = wholeHours(fromMs, toMs);
  const cells =
    serverIds.length === 0
      ? []
      : await sql<{ server_id: string; duration_bucket: number; calls: string; errors: string }[]>`
          select server_id, duration_bucket, sum(calls)::bigint as calls,
            coalesce(sum(calls) filter (where level >= ${ERROR}), 0)::bigint as errors
          from request_rollup
          where organization_id = ${organizationId} and server_id in ${sql([...serverIds])}
            and kind in ('request', 'invalid') and hour >= ${from}::timestamptz and hour < ${to}::timestamptz
          group by 1, 2`;
  const perServer = new Map(serverIds.map((id) => [id, { errors: 0, buckets: [] as number[] }]));
  for (const cell of cells) {
    const server = perServer.get(cell.server_id);
    if (!server) continue;
    server.errors += Number(cell.errors);
    server.buckets[cell.duration_bucket] = Number(cell.calls);
  }
  return new Map(
    [...perServer].map(([id, { errors, buckets }]) => {
      const counts = Array.from(buckets, (count) => count ?? 0);
      const calls = counts.reduce((sum, count) => sum + count, 0);
      const errorRate = calls === 0 ? null : errors / calls;
      return [id, { calls, errors, errorRate, p95Ms: percentileMs(counts, P95) }];
    }),
  );
}

/**
 * Calls per hour of the organization (or of `serverIds` only), oldest first, one entry for each whole hour that
 * overlaps `fromMs`…`toMs` (exclusive), also for those without a call.
 */
export async function callsByHour(
  database: Database,
  organizationId: string,
  fromMs: number,
  toMs: number,
  serverIds?: readonly string[],
): Promise<HourOfCalls[]> {
  const { sql } = database;
  const { from, to } = wholeHours(fromMs, toMs);
  const chosen = serverIds === undefined ? sql`` : sql`and server_id = any(${[...serverIds]}::text[])`;
  const rows = await sql<{ hour_ms: string; calls: string; errors: string }[]>`
    select (extract(epoch from hour) * 1000)::bigint as hour_ms, sum(calls)::bigint as calls,
      coalesce(sum(calls) filter (where level >= ${ERROR}), 0)::bigint as errors
    from request_rollup
    where organization_id = ${organizationId} ${chosen} and kind in ('request', 'invalid')
      and hour >= ${from}::timestamptz and hour < ${to}::timestamptz
    group by hour`;
  const counted = new Map(rows.map((row) => [Number(row.hour_ms), row]));
  const hours: HourOfCalls[] = [];
  for (let ms = hourOf(fromMs); ms < toMs; ms += HOUR_MS) {
    const row = counted.get(ms);
    hours.push({
      hour: new Date(ms).toISOString(),
      calls: Number(row?.calls ?? 0),
      errors: Number(row?.errors ?? 0),
    });
  }
  return hours;
}

/** p95 over all servers of the organization together, in milliseconds; null without calls. */
export async function organizationP95(
  database: Database,
  organizationId: string,
  fromMs: number,
  toMs: number,
): Promise<number | null> {
  const { from, to } = wholeHours(fromMs, toMs);
  const rows = await database.sql<{ duration_bucket: number; calls: string }[]>`
    select duration_bucket, sum(calls)::bigint as calls from request_rollup
    where organization_id = ${organizationId} and kind in ('request', 'invalid')
      and hour >= ${from}::timestamptz and hour < ${to}::timestamptz
    group by 1`;
  const buckets: number[] = [];
  for (const row of rows) buckets[row.duration_bucket] = Number(row.calls);
  return percentileMs(
    Array.from(buckets, (count) => count ?? 0),
    P95,
  );
}
