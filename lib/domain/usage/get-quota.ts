import type { Sql } from "postgres";
import { type PlanCaps, type QuotaPressure, QuotaQuery, type QuotaReport } from "#lib/contract/index.ts";
import { type Ctx, query } from "../access/index.ts";
import { planOf } from "../plans/index.ts";
import { bucketsAbove, viewersOf } from "../requests/index.ts";
import { type HourWindow, isoWindow, usageWindow } from "./usage-window.ts";

/** From this share of a cap on, use is near it. */
const NEAR = 0.8;
const SERVERS_SHOWN_MAX = 5;
/** How many servers are asked for their viewers. */
const SERVERS_ASKED_MAX = 50;

interface ServerPeak {
  serverId: string;
  slug: string;
  peak: number;
  near: number;
  stopped: number;
}

/**
 * How near the tool calls of a window, and what is there now, come to each cap of the plan. Peaks and stopped calls are exact; of
 * calls near a cap there are at least as many as it says. Throws `invalid_input` for a window that is none.
 */
export const getQuota = query({
  name: "usage.quota",
  scope: "usage:read",
  input: QuotaQuery,
  run: async (ctx, input): Promise<QuotaReport> => {
    const { sql, db } = ctx.database;
    const organizationId = ctx.organization.id;
    const nowMs = ctx.clock.nowMs();
    const window = usageWindow(input, nowMs);
    const { caps } = await planOf(db, organizationId, nowMs);
    const [calls, servers] = await Promise.all([
      readCalls(sql, organizationId, window, caps),
      readServers(sql, organizationId),
    ]);
    const hosted = servers.filter(({ kind }) => kind === "hosted");
    const viewers = await viewersNow(
      ctx,
      hosted.filter(({ status }) => status === "active"),
    );
    const ofNow = (server: { id: string; slug: string }, peak: number): ServerPeak => ({
      serverId: server.id,
      slug: server.slug,
      peak,
      near: 0,
      stopped: 0,
    });
    return {
      window: isoWindow(window),
      caps: [
        pressureOf("toolCallDurationMsMax", caps, calls.duration),
        pressureOf("requestBytesMax", caps, calls.request),
        pressureOf("responseBytesMax", caps, calls.response),
        { ...pressureOf("hostedServersMax", caps, []), ...levelOf(hosted.length, caps.hostedServersMax, 0) },
        pressureOf(
          "retentionDaysMax",
          caps,
          servers.map((server) => ofNow(server, server.retention_days)),
        ),
        ...(viewers === null
          ? []
          : [
              pressureOf(
                "viewersMax",
                caps,
                viewers.map(({ server, now }) => ofNow(server, now)),
              ),
            ]),
      ],
      hostedServers: { used: hosted.length, max: caps.hostedServersMax },
    };
  },
});

const levelOf = (peak: number, max: number, stopped: number): Pick<QuotaPressure, "peak" | "level"> => ({
  peak,
  level: stopped > 0 || peak >= max ? "at" : peak >= max * NEAR ? "near" : "ok",
});

function pressureOf(cap: keyof PlanCaps, caps: PlanCaps, servers: readonly ServerPeak[]): QuotaPressure {
  const max = caps[cap];
  const sum = (read: (server: ServerPeak) => number) => servers.reduce((total, one) => total + read(one), 0);
  const peak = servers.reduce((highest, one) => Math.max(highest, one.peak), 0);
  const stoppedCount = sum(({ stopped }) => stopped);
  return {
    cap,
    max,
    ...levelOf(peak, max, stoppedCount),
    nearCount: sum(({ near }) => near),
    stoppedCount,
    servers: servers
      .filter((one) => one.peak > 0 || one.stopped > 0)
      .toSorted((left, right) => right.stopped - left.stopped || right.peak - left.peak)
      .slice(0, SERVERS_SHOWN_MAX)
      .map(({ serverId, slug, peak: highest }) => ({ serverId, slug, peak: highest })),
  };
}

interface CallsRow {
  id: string;
  slug: string;
  duration: number;
  duration_near: string;
  late: string;
  request: string;
  request_near: string;
  large_requests: string;
  response: string;
  response_near: string;
  large_responses: string;
}

/** What the calls of each server came to; a cell of the counts knows its largest call only. */
async function readCalls(sql: Sql, organizationId: string, window: HourWindow, caps: PlanCaps) {
  const near = (max: number) => Math.ceil(max * NEAR);
  const within = sql`organization_id = ${organizationId}
    and hour >= ${new Date(window.fromMs).toISOString()}::timestamptz
    and hour < ${new Date(window.toMs).toISOString()}::timestamptz`;
  const rows = await sql<CallsRow[]>`
    with used as (
      select server_id, max(duration_ms_max)::float8 as duration,
        sum(case when outcome = 'timeout' then 0
          when duration_bucket >= ${bucketsAbove(near(caps.toolCallDurationMsMax))} then calls
          when duration_ms_max >= ${near(caps.toolCallDurationMsMax)} then 1 else 0 end) as duration_near,
        coalesce(sum(calls) filter (where outcome = 'timeout'), 0) as late,
        max(request_bytes_max) as request,
        count(*) filter (where request_bytes_max >= ${near(caps.requestBytesMax)}) as request_near,
        max(response_bytes_max) as response,
        count(*) filter (where response_bytes_max >= ${near(caps.responseBytesMax)} and outcome <> 'too_large')
          as response_near,
        coalesce(sum(calls) filter (where outcome = 'too_large'), 0) as large_responses
      from usage_rollup where ${within} group by server_id
    ), refused as (
      -- A request above its cap is refused before it is read, so that it is no call yet.
      select server_id, sum(calls) as large_requests from request_rollup
      where ${within} and outcome = 'too_large' and kind = 'invalid' group by server_id
    )
    select server_id as id, coalesce(s.slug, server_id) as slug, coalesce(u.duration, 0) as duration,
      coalesce(u.duration_near, 0)::bigint as duration_near, coalesce(u.late, 0)::bigint as late,
      coalesce(u.request, 0)::bigint as request, coalesce(u.request_near, 0)::bigint as request_near,
      coalesce(r.large_requests, 0)::bigint as large_requests, coalesce(u.response, 0)::bigint as response,
      coalesce(u.response_near, 0)::bigint as response_near,
      coalesce(u.large_responses, 0)::bigint as large_responses
    from used u full join refused r using (server_id)
    left join servers s on s.organization_id = ${organizationId} and s.id = server_id`;
  const peaks = (peak: keyof CallsRow, nearBy: keyof CallsRow, stopped: keyof CallsRow): ServerPeak[] =>
    rows.map((row) => ({
      serverId: row.id,
      slug: row.slug,
      peak: Math.round(Number(row[peak])),
      near: Number(row[nearBy]),
      stopped: Number(row[stopped]),
    }));
  return {
    duration: peaks("duration", "duration_near", "late"),
    request: peaks("request", "request_near", "large_requests"),
    response: peaks("response", "response_near", "large_responses"),
  };
}

interface ServerNow {
  id: string;
  slug: string;
  kind: string;
  status: string;
  retention_days: number;
}

async function readServers(sql: Sql, organizationId: string): Promise<ServerNow[]> {
  const rows = await sql<ServerNow[]>`
    select id, slug, kind, status, retention_days from servers
    where organization_id = ${organizationId} and deleted_at is null order by id`;
  return [...rows];
}

/** Who watches logs now; null when the data plane does not answer. */
async function viewersNow(
  ctx: Ctx,
  servers: readonly ServerNow[],
): Promise<{ server: ServerNow; now: number }[] | null> {
  const asked = servers.slice(0, SERVERS_ASKED_MAX);
  const counts = await Promise.all(asked.map(({ id }) => viewersOf(ctx, id)));
  const known = asked.flatMap((server, index) => {
    const now = counts[index] ?? null;
    return now === null ? [] : [{ server, now }];
  });
  return known.length < asked.length ? null : known;
}
