import type { Sql } from "postgres";
import { uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  type Burning,
  burningRows,
  type CountedCalls,
  failedShare,
  type HourOfCalls,
  isBurning,
  lastOf,
} from "./burn-rate.ts";
import type { State, StateRule } from "./state-rule.ts";

const HOUR_MS = 3_600_000;
const { burn, burnUsualMs, objective: objectiveDefault } = limits.alertRules;
const shortMsMax = Math.max(...burn.map(({ shortMs }) => shortMs));
const longMsMax = Math.max(...burn.map(({ longMs }) => longMs));

/** What the server did wrong. Denials are the caller's, and who went away was not let down. */
const ERRORS = ["protocol_error", "too_large", "timeout", "upstream_error", "runtime_error"];
const TOOL_ERROR = "tool_error";

interface Server {
  organization_id: string;
  id: string;
  slug: string;
  name: string;
  hours: HourOfCalls[];
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
    "More tool calls of a server fail than its objective allows, over a long and a short window at once. Errors that tools report count beyond their usual share; denied and canceled calls do not count.",
  async look({ database: { sql }, clock }, settingOf) {
    const nowMs = clock.nowMs();
    const states: State[] = [];
    for (const server of await failingServers(sql, nowMs)) {
      const objective = settingOf(server.organization_id)?.objective ?? objectiveDefault;
      const burning = await mostSevere(sql, server, objective, nowMs);
      if (burning) states.push(stateOf(server, burning, objective));
    }
    return { states };
  },
};

/** The most severe of the windows that burn on both sides. */
async function mostSevere(
  sql: Sql,
  server: Server,
  objective: number,
  nowMs: number,
): Promise<Burning | undefined> {
  for (const burning of burningRows(server.hours, objective, nowMs)) {
    const { row, usual } = burning;
    const short =
      row.shortMs < HOUR_MS
        ? await newestCalls(sql, server, nowMs - row.shortMs, nowMs)
        : lastOf(server.hours, row.shortMs, nowMs);
    if (isBurning(short, { factor: row.factor, objective, usual })) return burning;
  }
  return undefined;
}

/** Servers with a failed call within the longest short window, with their hours of the longest window and of what is usual. */
async function failingServers(sql: Sql, nowMs: number): Promise<readonly Server[]> {
  const at = (ms: number) => new Date(Math.floor(ms / HOUR_MS) * HOUR_MS).toISOString();
  return sql<Server[]>`
    select s.organization_id, s.id, s.slug, s.name, h.hours
    from organizations o
    cross join lateral (
      select distinct server_id from usage_rollup
      where organization_id = o.id and hour >= ${at(nowMs - shortMsMax)}::timestamptz
        and source in ('agent', 'embed', 'external') and (outcome = any(${ERRORS}::text[]) or outcome = ${TOOL_ERROR})
    ) f
    join servers s on s.organization_id = o.id and s.id = f.server_id
      and s.deleted_at is null and s.status = 'active'
    cross join lateral (
      select json_agg(json_build_object(
          'hourMs', hour_ms, 'calls', calls, 'errors', errors, 'toolErrors', tool_errors)) as hours from (
        select (extract(epoch from hour) * 1000)::bigint as hour_ms, sum(calls) as calls,
          coalesce(sum(calls) filter (where outcome = any(${ERRORS}::text[])), 0) as errors,
          coalesce(sum(calls) filter (where outcome = ${TOOL_ERROR}), 0) as tool_errors
        from usage_rollup
        where organization_id = o.id and server_id = s.id and hour >= ${at(nowMs - longMsMax - burnUsualMs)}::timestamptz
          and source in ('agent', 'embed', 'external')
        group by 1
      ) c
    ) h
    order by s.organization_id, s.id`;
}

/** The newest tool calls of callers in a span: at most `limits.incidents.rowsReadMax` rows are looked at. */
async function newestCalls(sql: Sql, server: Server, fromMs: number, toMs: number): Promise<CountedCalls> {
  const [row] = await sql<{ calls: number; errors: number; toolErrors: number }[]>`
    select count(*)::int as calls, (count(*) filter (where outcome = any(${ERRORS}::text[])))::int as errors,
      (count(*) filter (where outcome = ${TOOL_ERROR}))::int as "toolErrors"
    from (
      select kind, method, source, outcome from request_log
      where organization_id = ${server.organization_id} and server_id = ${server.id}
        and id >= ${uuid7Floor(fromMs)}::uuid and id < ${uuid7Floor(toMs)}::uuid
      order by id desc limit ${limits.incidents.rowsReadMax}
    ) r
    where kind = 'request' and method = 'tools/call' and source in ('agent', 'embed', 'external')`;
  return row ?? { calls: 0, errors: 0, toolErrors: 0 };
}

function stateOf(server: Server, { row, long, usual }: Burning, objective: number): State {
  const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
  const hours = row.longMs / HOUR_MS;
  const share = failedShare(long, usual);
  const beyond = share * long.calls > long.errors ? ", beyond the errors that its tools usually report" : "";
  return {
    organizationId: server.organization_id,
    scope: server.id,
    serverId: server.id,
    severity: row.severity,
    title: `${percent(share)} of the calls of ${server.name} fail`,
    detail: `About ${Math.round(share * long.calls)} of ${Math.round(long.calls)} tool calls failed within ${hours} ${hours === 1 ? "hour" : "hours"}${beyond}, and they still do. The objective is that ${percent(objective)} succeed.`,
    path: `/servers/${server.slug}/logs?level=error`,
  };
}
