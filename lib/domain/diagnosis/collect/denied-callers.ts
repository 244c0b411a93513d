import type { DeniedCaller } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isCaller, isTurnedAway } from "./callers.ts";
import { cutName, isoOf } from "./evidence-text.ts";
import type { Collection } from "./section.ts";
import { askedServer, idsOf } from "./windows.ts";

const { rowsReadMax, clientsMax } = limits.incidents;

interface Denied {
  reason: string;
  gateway_id: string | null;
  caller: string;
  count: string;
  last_id: string;
  back_id: string | null;
  times_between: string;
}

/** Which denials these callers met: their reason at a gateway, or at the direct URL. */
export const decisionKey = (reason: string, gatewayId: string | null): string =>
  `${reason} ${gatewayId ?? ""}`;

/** Who only lists meets none of these. */
const OF_CALLS = ["budget_exceeded", "credits_exhausted", "budget_unavailable", "loop_suspected"];

const callerOf = ({
  caller,
  count,
  last_id: lastId,
  back_id: backId,
  times_between: between,
}: Denied): DeniedCaller => ({
  caller: cutName(caller),
  count: Number(count),
  lastAt: isoOf(new Date(timeOfUuid7(lastId))),
  backAt: backId === null ? null : isoOf(new Date(timeOfUuid7(backId))),
  between: Number(between),
});

/**
 * Who was turned away in the window, by `decisionKey`, and when the same was let through after that: any request, a tool call
 * where only those meet the reason, the tool in question where it is about one. A refused token names its caller by its subject.
 */
export async function deniedCallers(
  sql: Reader,
  { question, organizationId }: Collection,
): Promise<ReadonlyMap<string, DeniedCaller[]>> {
  const { id: serverId } = askedServer(question);
  const { fromId, toId } = idsOf(question);
  const inWindow = sql`organization_id = ${organizationId} and server_id = ${serverId} and id >= ${fromId} and id < ${toId}`;
  const rows = await sql<Denied[]>`
    with newest as (
      select id::text collate "C" as id, decision as reason, gateway_id,
        coalesce(principal, 'oauth:' || nullif(explanation->'presented'->>'sub', '')) as caller,
        case when decision = 'grant_missing_for_tool' then tool end as tool
      from request_log
      where ${inWindow} and level >= 2 and decision is not null and decision <> 'allowed'
        and source in ('agent', 'embed', 'external')
      order by request_log.id desc limit ${rowsReadMax}
    ), met as (
      select reason, gateway_id, caller, tool, count(*) as count, min(id) as first_id, max(id) as last_id
      from newest
      where caller is not null group by 1, 2, 3, 4
    ), admitted as (
      select id::text collate "C" as id, principal, method, tool from request_log
      where ${inWindow} and id > (select min(first_id) from met)::uuid and principal in (select caller from met)
        and ${isCaller(sql)} and not ${isTurnedAway(sql)} and decision = 'allowed'
      order by request_log.id desc limit ${rowsReadMax}
    ), back as (
      select met.reason, met.gateway_id, met.caller, met.tool, met.count, met.last_id,
        min(a.id) filter (where a.id > met.last_id) as back_id,
        count(*) filter (where a.id < met.last_id) as times_between
      from met
      left join admitted a on a.principal = met.caller and a.id > met.first_id and (met.tool is null or a.tool = met.tool)
        and (met.reason <> all(${OF_CALLS}) or a.method = 'tools/call')
      group by 1, 2, 3, 4, 5, 6
    ), ranked as (
      select reason, gateway_id, caller, sum(count) as count, max(last_id) as last_id,
        case when bool_and(back_id is not null) then max(back_id) end as back_id, sum(times_between) as times_between
      from back group by 1, 2, 3
    )
    select * from (
      select *, row_number() over (partition by reason, gateway_id order by count desc, caller) as place from ranked
    ) r where place <= ${clientsMax} order by reason, gateway_id, place`;
  const groups = Map.groupBy(rows, ({ reason, gateway_id: id }) => decisionKey(reason, id));
  return new Map([...groups].map(([key, denied]) => [key, denied.map(callerOf)]));
}
