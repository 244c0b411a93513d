import type { Sql } from "postgres";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { CountedCalls, HourOfCalls } from "./burn-rate.ts";

const HOUR_MS = 3_600_000;
const { burn, burnRecentMs, burnUsualMs, burnRowsMax } = limits.alertRules;
const longMsMax = Math.max(...burn.map(({ longMs }) => longMs));

/** What the server did wrong. Denials are the caller's, and who went away was not let down. */
const ERRORS = ["protocol_error", "too_large", "timeout", "upstream_error", "runtime_error"];
const TOOL_ERROR = "tool_error";
const CALLERS = ["agent", "embed", "external"];

export interface FailingServer {
  readonly organizationId: string;
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly recent: HourOfCalls[];
}
export type ServerKey = Pick<FailingServer, "organizationId" | "id">;

const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;
/** Where the recent hours begin, epoch milliseconds. */
export const recentFromMs = (nowMs: number): number => hourOf(nowMs - burnRecentMs);
const timestamp = (ms: number): string => new Date(ms).toISOString();

/** The sums of tool calls of callers. */
const sums = (sql: Sql) => sql`
  sum(calls) as calls,
  coalesce(sum(calls) filter (where outcome = any(${ERRORS}::text[])), 0) as errors,
  coalesce(sum(calls) filter (where outcome = ${TOOL_ERROR}), 0) as tool_errors`;
/** Only calls of tools name one. */
const isCall = (sql: Sql) => sql`r.source = any(${CALLERS}::text[]) and r.kind = 'request' and r.tool <> ''`;
const asJson = (sql: Sql) => sql`
  json_agg(json_build_object('hourMs', hour_ms, 'calls', calls, 'errors', errors, 'toolErrors', tool_errors))`;

/** Active servers with a failed call in the recent hours, with these hours. */
export const failingServers = (sql: Sql, nowMs: number): Promise<readonly FailingServer[]> =>
  sql<FailingServer[]>`
    select s.organization_id as "organizationId", s.id, s.slug, s.name, h.recent
    from servers s
    cross join lateral (
      select ${asJson(sql)} as recent, sum(errors + tool_errors) as failed from (
        select (extract(epoch from hour) * 1000)::bigint as hour_ms, ${sums(sql)}
        from request_rollup r
        where r.organization_id = s.organization_id and r.server_id = s.id and ${isCall(sql)}
          and hour >= ${timestamp(recentFromMs(nowMs))}::timestamptz
        group by 1
      ) c
    ) h
    where s.deleted_at is null and s.status = 'active' and h.failed > 0
    order by s.organization_id, s.id`;

/**
 * The hours before the recent ones, by server: those of the longest window one by one, what came before them for
 * `limits.alertRules.burnUsualMs` as one.
 */
export async function earlierHours(
  sql: Sql,
  servers: readonly ServerKey[],
  nowMs: number,
): Promise<ReadonlyMap<string, readonly HourOfCalls[]>> {
  if (servers.length === 0) return new Map();
  const usualMs = hourOf(nowMs - longMsMax) - HOUR_MS;
  const rows = await sql<{ id: string; hours: HourOfCalls[] | null }[]>`
    select s.id, h.hours
    from unnest(${servers.map(({ organizationId }) => organizationId)}::text[], ${servers.map(({ id }) => id)}::text[])
      as s (organization_id, id)
    cross join lateral (
      select ${asJson(sql)} as hours from (
        select greatest((extract(epoch from hour) * 1000)::bigint, ${usualMs}::bigint) as hour_ms, ${sums(sql)}
        from request_rollup r
        where r.organization_id = s.organization_id and r.server_id = s.id and ${isCall(sql)}
          and hour >= ${timestamp(hourOf(nowMs - longMsMax - burnUsualMs))}::timestamptz
          and hour < ${timestamp(recentFromMs(nowMs))}::timestamptz
        group by 1
      ) c
    ) h`;
  return new Map(rows.map(({ id, hours }) => [id, hours ?? []]));
}

/** The newest tool calls of callers since a moment, by server: of at most `limits.alertRules.burnRowsMax` rows each. */
export async function newestCalls(
  sql: Sql,
  servers: readonly ServerKey[],
  fromMs: number,
  nowMs: number,
): Promise<ReadonlyMap<string, CountedCalls>> {
  if (servers.length === 0) return new Map();
  const rows = await sql<({ id: string } & CountedCalls)[]>`
    select s.id, c.calls, c.errors, c.tool_errors as "toolErrors"
    from unnest(${servers.map(({ organizationId }) => organizationId)}::text[], ${servers.map(({ id }) => id)}::text[])
      as s (organization_id, id)
    cross join lateral (
      select count(*)::int as calls, (count(*) filter (where outcome = any(${ERRORS}::text[])))::int as errors,
        (count(*) filter (where outcome = ${TOOL_ERROR}))::int as tool_errors
      from (
        select kind, method, source, outcome from request_log l
        where l.organization_id = s.organization_id and l.server_id = s.id
          and l.id >= ${uuid7Floor(fromMs)}::uuid and l.id < ${uuid7Floor(nowMs)}::uuid
        order by l.id desc limit ${burnRowsMax}
      ) newest
      where kind = 'request' and method = 'tools/call' and source = any(${CALLERS}::text[])
    ) c`;
  return new Map(rows.map(({ id, ...counted }) => [id, counted]));
}
