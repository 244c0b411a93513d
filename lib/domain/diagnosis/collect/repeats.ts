import type { Evidence } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { isCaller } from "./callers.ts";
import { cutName } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { askedServer, assertIsKept, idsOf } from "./windows.ts";

type Repeats = Extract<Evidence["usage"]["repeats"], { status: "collected" }>["value"];

/** Newest calls that are looked at for one that follows another. */
const CALLS_MAX = 50_000;
/** Newest calls whose recorded arguments are compared. */
const BODIES_MAX = 5_000;
/** A call so soon after a failed one of the same caller and tool tries it again. */
const RETRY_SECONDS_MAX = 10;

/** Whether callers repeat themselves: the same arguments again, or the same tool right after it failed. */
export async function repeatsOf({ question, organizationId, nowMs, read }: Collection): Promise<Repeats> {
  const { id: serverId } = askedServer(question);
  assertIsKept(question, nowMs);
  const { beforeFromId, fromId, toId } = idsOf(question);
  const of = { organizationId, serverId };
  return read(async (sql) => {
    const now = await retriesIn(sql, of, fromId, toId);
    const before = await retriesIn(sql, of, beforeFromId, fromId);
    const same = await sameArgumentsIn(sql, of, fromId, toId);
    return {
      ratio: same.ratio,
      topTool: same.topTool,
      topPrincipal: same.topPrincipal,
      retryRatio: ratioOf(now.retries, now.calls),
      retryRatioBefore: ratioOf(before.retries, before.calls),
      calls: now.calls,
    };
  });
}

const ratioOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;

interface Of {
  organizationId: string;
  serverId: string;
}

async function retriesIn(sql: Reader, { organizationId, serverId }: Of, fromId: string, toId: string) {
  const [row] = await sql<{ calls: string; retries: string }[]>`
    select count(*) as calls, count(*) filter (
        where was_failed and at_ms - was_at_ms <= ${RETRY_SECONDS_MAX * 1_000}) as retries
    from (
      select at_ms, lag(failed) over caller as was_failed, lag(at_ms) over caller as was_at_ms
      from (
        select id, coalesce(principal, session_hash, client_name, '') as who, tool, outcome not in ('ok', 'canceled') as failed,
          ('x' || replace(left(id::text, 13), '-', ''))::bit(48)::bigint as at_ms
        from request_log
        where organization_id = ${organizationId} and server_id = ${serverId} and id >= ${fromId} and id < ${toId}
          and method = 'tools/call' and ${isCaller(sql)}
        order by id desc limit ${CALLS_MAX}
      ) newest
      window caller as (partition by who, tool order by id)
    ) calls`;
  return { calls: Number(row?.calls ?? 0), retries: Number(row?.retries ?? 0) };
}

/** Of servers that record what is said. What differs in every message, its id and trace, is no difference. */
async function sameArgumentsIn(sql: Reader, { organizationId, serverId }: Of, fromId: string, toId: string) {
  const rows = await sql<{ who: string; tool: string; calls: string; repeats: string }[]>`
    select who, tool, count(*) as calls, count(*) filter (where said = said_before) as repeats
    from (
      select who, tool, said, lag(said) over (partition by who, tool order by id) as said_before
      from (
        select r.id, coalesce(r.principal, r.session_hash, r.client_name, '') as who, coalesce(r.tool, '') as tool,
          md5(regexp_replace(b.request,
            '"(id|progressToken|traceparent|tracestate)"\\s*:\\s*("[^"]*"|[-0-9.]+)', '', 'g')) as said
        from (
          select id, principal, session_hash, client_name, tool from request_log
          where organization_id = ${organizationId} and server_id = ${serverId} and id >= ${fromId} and id < ${toId}
            and method = 'tools/call' and ${isCaller(sql)}
          order by id desc limit ${BODIES_MAX}
        ) r
        join request_bodies b on b.organization_id = ${organizationId} and b.id = r.id and b.request is not null
      ) said_rows
    ) followed
    group by who, tool order by repeats desc, calls desc, who, tool`;
  const calls = rows.reduce((sum, row) => sum + Number(row.calls), 0);
  const repeats = rows.reduce((sum, row) => sum + Number(row.repeats), 0);
  const [top] = rows;
  const isRepeated = top !== undefined && Number(top.repeats) > 0;
  return {
    ratio: ratioOf(repeats, calls),
    topTool: isRepeated ? cutName(top.tool) : null,
    topPrincipal: isRepeated ? cutName(top.who) : null,
  };
}
