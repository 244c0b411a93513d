import type { UnlistedTool } from "#lib/contract/index.ts";
import type { Reader } from "#lib/db/snapshot.ts";
import { timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { isCaller } from "./callers.ts";
import { cutName, cutNameOrNull, isoOf, isoOrNull } from "./evidence-text.ts";
import { type Collection, NotCollected } from "./section.ts";
import { assertIsKept, idsOf, presentServer } from "./windows.ts";

const { rowsReadMax, clientsMax, examplesMax } = limits.incidents;

interface Wanted {
  tool: string;
  calls: string;
  denied: string;
  first_id: string;
  last_id: string;
  last_offered_at: string | null;
  callers: { client: string | null; agent: string | null; calls: number }[];
}

/**
 * Tools of failing calls that the newest list of the server does not have, and of which no call went well in either window;
 * with when one of the lists that are kept had them last. Says nothing about a server whose tools nobody has seen.
 */
export async function unlistedToolsOf(collection: Collection): Promise<UnlistedTool[]> {
  const { question, nowMs, read } = collection;
  presentServer(question);
  assertIsKept(question, nowMs);
  const wanted = await read((sql) => wantedTools(sql, collection));
  if (wanted === null)
    throw new NotCollected("not_applicable", "Nobody has seen the tools of the server yet.");
  return wanted.map((row) => ({
    tool: cutName(row.tool),
    calls: Number(row.calls),
    denied: Number(row.denied),
    firstAt: isoOf(new Date(timeOfUuid7(row.first_id))),
    lastAt: isoOf(new Date(timeOfUuid7(row.last_id))),
    lastOfferedAt: isoOrNull(row.last_offered_at),
    callers: row.callers.map(({ client, agent, calls }) => ({
      client: cutNameOrNull(client),
      agentId: agent,
      calls,
    })),
  }));
}

/** Null where no list was ever seen. */
async function wantedTools(
  sql: Reader,
  { question, organizationId }: Collection,
): Promise<readonly Wanted[] | null> {
  const { id: serverId } = presentServer(question);
  const { beforeFromId, fromId, toId } = idsOf(question);
  const mine = sql`organization_id = ${organizationId} and server_id = ${serverId}`;
  const [seen] = await sql<{ tools: string[] }[]>`
    select array(select tool->>'name' from jsonb_array_elements(tools) tool) as tools from server_tools where ${mine}`;
  if (!seen) return null;
  const inWindows = sql`${mine} and id >= ${beforeFromId} and id < ${toId} and ${isCaller(sql)} and method = 'tools/call'`;
  const failing = await sql<Wanted[]>`
    with failed as (
      select id::text collate "C" as id, tool, outcome, client_name, agent_id from request_log
      where ${inWindows} and level >= 2 and tool is not null and tool <> all(${seen.tools})
      order by request_log.id desc limit ${rowsReadMax}
    ), by_caller as (
      select tool, client_name, agent_id, count(*) filter (where id >= ${fromId}) as calls,
        count(*) filter (where id >= ${fromId} and outcome = 'grant_denied') as denied, min(id) as first, max(id) as last
      from failed group by 1, 2, 3
    )
    select wanted.*, (select max(s.last_seen_at) from tool_snapshots s
      where s.organization_id = ${organizationId} and s.server_id = ${serverId}
        and s.tools @> jsonb_build_array(jsonb_build_object('name', wanted.tool))) as last_offered_at
    from (
    select tool, sum(calls) as calls, sum(denied) as denied, min(first) as first_id, max(last) as last_id,
      to_json((array_agg(json_build_object('client', client_name, 'agent', agent_id, 'calls', calls)
        order by calls desc, client_name, agent_id) filter (where calls > 0))[1:${examplesMax}]) as callers
    from by_caller group by tool having sum(calls) > 0
    order by sum(calls) desc, tool limit ${clientsMax}
    ) wanted order by wanted.calls desc, wanted.tool`;
  if (failing.length === 0) return [];
  // A server may take calls of tools that it does not list.
  const working = await sql<{ tool: string }[]>`
    select distinct tool from request_log
    where ${inWindows} and outcome = 'ok' and tool = any(${failing.map(({ tool }) => tool)})`;
  const known = new Set(working.map(({ tool }) => tool));
  return failing.filter(({ tool }) => !known.has(tool));
}
