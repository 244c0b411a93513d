import type { Sql } from "postgres";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type BurnRow, burningRows, type CallsAndErrors, isBurning, lastOf } from "./burn-rate.ts";
import type { State, StateRule } from "./state-rule.ts";

const HOUR_MS = 3_600_000;
const { burn, objective: objectiveDefault } = limits.alertRules;
const shortMsMax = Math.max(...burn.map(({ shortMs }) => shortMs));
const longMsMax = Math.max(...burn.map(({ longMs }) => longMs));

/** What the server did wrong. Denials are the caller's, and who went away was not let down. */
const ERRORS = ["tool_error", "protocol_error", "too_large", "timeout", "upstream_error", "runtime_error"];

interface Server {
  organization_id: string;
  id: string;
  slug: string;
  name: string;
  hours: { hourMs: number; calls: number; errors: number }[];
}

/**
 * Tool calls of callers that fail faster than the objective allows, over a long window and a short one at the same time: the
 * long one says that it matters, the short one that it is still so. Long windows and those of hours come from the hourly
 * counts, shorter ones from rows, which are only read where the long one burns.
 */
export const errorBurn: StateRule = {
  rule: "error_burn",
  title: "Calls fail",
  description:
    "More tool calls of a server fail than its objective allows, over a long and a short window at once. Denied and canceled calls do not count.",
  async look({ database: { sql }, clock }, settingOf) {
    const nowMs = clock.nowMs();
    const states: State[] = [];
    for (const server of await failingServers(sql, nowMs)) {
      const objective = settingOf(server.organization_id)?.objective ?? objectiveDefault;
      const row = await burningRow(sql, server, objective, nowMs);
      if (row) states.push(stateOf(server, row, lastOf(server.hours, row.longMs, nowMs), objective));
    }
    return { states };
  },
};

/** The most severe of the windows that burn on both sides. */
async function burningRow(
  sql: Sql,
  server: Server,
  objective: number,
  nowMs: number,
): Promise<BurnRow | undefined> {
  for (const row of burningRows(server.hours, objective, nowMs)) {
    const short =
      row.shortMs < HOUR_MS
        ? await newestCalls(sql, server, nowMs - row.shortMs, nowMs)
        : lastOf(server.hours, row.shortMs, nowMs);
    if (isBurning(short, row.factor, objective)) return row;
  }
  return undefined;
}

/** Servers with a failed call within the longest short window, with their hours of the longest window. */
async function failingServers(sql: Sql, nowMs: number): Promise<readonly Server[]> {
  const at = (ms: number) => new Date(Math.floor(ms / HOUR_MS) * HOUR_MS).toISOString();
  return sql<Server[]>`
    select s.organization_id, s.id, s.slug, s.name, h.hours
    from organizations o
    cross join lateral (
      select distinct server_id from usage_rollup
      where organization_id = o.id and hour >= ${at(nowMs - shortMsMax)}::timestamptz
        and source in ('agent', 'embed', 'external') and outcome = any(${ERRORS}::text[])
    ) f
    join servers s on s.organization_id = o.id and s.id = f.server_id
      and s.deleted_at is null and s.status = 'active'
    cross join lateral (
      select json_agg(json_build_object('hourMs', hour_ms, 'calls', calls, 'errors', errors)) as hours from (
        select (extract(epoch from hour) * 1000)::bigint as hour_ms, sum(calls) as calls,
          coalesce(sum(calls) filter (where outcome = any(${ERRORS}::text[])), 0) as errors
        from usage_rollup
        where organization_id = o.id and server_id = s.id and hour >= ${at(nowMs - longMsMax)}::timestamptz
          and source in ('agent', 'embed', 'external')
        group by 1
      ) c
    ) h
    order by s.organization_id, s.id`;
}

/** The newest tool calls of callers in a span: at most `limits.incidents.rowsReadMax` rows are looked at. */
async function newestCalls(sql: Sql, server: Server, fromMs: number, toMs: number): Promise<CallsAndErrors> {
  const [row] = await sql<{ calls: number; errors: number }[]>`
    select count(*)::int as calls, (count(*) filter (where outcome = any(${ERRORS}::text[])))::int as errors
    from (
      select kind, method, source, outcome from request_log
      where organization_id = ${server.organization_id} and server_id = ${server.id}
        and id >= ${uuid7Floor(fromMs)}::uuid and id < ${uuid7Floor(toMs)}::uuid
      order by id desc limit ${limits.incidents.rowsReadMax}
    ) r
    where kind = 'request' and method = 'tools/call' and source in ('agent', 'embed', 'external')`;
  return row ?? { calls: 0, errors: 0 };
}

function stateOf(server: Server, row: BurnRow, long: CallsAndErrors, objective: number): State {
  const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
  const hours = row.longMs / HOUR_MS;
  return {
    organizationId: server.organization_id,
    scope: server.id,
    serverId: server.id,
    severity: row.severity,
    title: `${percent(long.errors / long.calls)} of the calls of ${server.name} fail`,
    detail: `About ${Math.round(long.errors)} of ${Math.round(long.calls)} tool calls failed within ${hours} ${hours === 1 ? "hour" : "hours"}, and they still do. The objective is that ${percent(objective)} succeed.`,
    path: `/servers/${server.slug}/logs?level=error`,
  };
}
