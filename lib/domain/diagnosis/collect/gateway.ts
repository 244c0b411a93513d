import { type DecisionEvidence, type Evidence, Explanation } from "#lib/contract/index.ts";
import { encodeId, timeOfUuid7 } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { storableJson, within } from "../../access/index.ts";
import { runGatewayDoctor } from "../../gateways/index.ts";
import { reachOf } from "../reach/index.ts";
import { decisionKey, deniedCallers } from "./denied-callers.ts";
import { cutName, cutNameOrNull, cutText, isoOf } from "./evidence-text.ts";
import { type Collection, NotCollected } from "./section.ts";
import { probing } from "./smoke.ts";
import { askedServer, assertIsKept, changesFromMs, idsOf } from "./windows.ts";

type Gateway = Evidence["gateway"];
type Collected<Part extends keyof Gateway> = Extract<Gateway[Part], { status: "collected" }>["value"];

const { rowsReadMax, examplesMax, changesMax } = limits.incidents;

/** Who was let in and who was not, with what, and how far clients came. */
export async function collectGateway(collection: Collection): Promise<Gateway> {
  const { section, question, organizationId, read, nowMs } = collection;
  const [decisions, keys, doctor, reach] = await Promise.all([
    section("gateway.decisions", () => decisionsOf(collection)),
    section("gateway.keys", () => keysOf(collection)),
    section("gateway.doctor", () => doctorOf(collection)),
    section("gateway.reach", () => {
      const { id: serverId } = askedServer(question);
      assertIsKept(question, nowMs);
      const { client, agent } = question.subject;
      const asked = { organizationId, serverId, window: question.window, client, agentId: agent?.id };
      return read((sql) => reachOf(sql, asked));
    }),
  ]);
  return { decisions, keys, doctor, reach };
}

interface Denied {
  reason: string;
  gateway_id: string | null;
  now: string;
  before: string;
  first_id: string;
  last_id: string;
  ids: string[];
}

/** Why callers were turned away, the most frequent reason first, with the newest of each. */
async function decisionsOf(collection: Collection): Promise<DecisionEvidence[]> {
  const { question, organizationId, nowMs, read } = collection;
  const { id: serverId } = askedServer(question);
  assertIsKept(question, nowMs);
  const { beforeFromId, fromId, toId } = idsOf(question);
  const { denied, examples, callers } = await read(async (sql) => {
    const newest = (from: string, to: string) => sql`
      (select id, decision, gateway_id from request_log
      where organization_id = ${organizationId} and server_id = ${serverId} and id >= ${from} and id < ${to}
        and level >= 2 and decision is not null and decision <> 'allowed'
        and source in ('agent', 'embed', 'external')
      order by id desc limit ${rowsReadMax})`;
    const groups = await sql<Denied[]>`
      select decision as reason, gateway_id, count(*) filter (where id >= ${fromId}) as now,
        count(*) filter (where id < ${fromId}) as before, min(id::text) filter (where id >= ${fromId}) as first_id,
        max(id::text) filter (where id >= ${fromId}) as last_id,
        (array_agg(id order by id desc))[1:${examplesMax}] as ids
      from (${newest(fromId, toId)} union all ${newest(beforeFromId, fromId)}) d
      group by 1, 2 having count(*) filter (where id >= ${fromId}) > 0
      order by 3 desc, 1, 2`;
    const rows = await sql<
      {
        id: string;
        request_id: string;
        principal: string | null;
        tool: string | null;
        agent_id: string | null;
        explanation: unknown;
      }[]
    >`
      select id, request_id, principal, tool, agent_id, explanation from request_log
      where organization_id = ${organizationId} and id = any(${groups.flatMap(({ ids }) => ids)}::uuid[])`;
    const callers = groups.length === 0 ? new Map() : await deniedCallers(sql, collection);
    return { denied: groups, examples: new Map(rows.map((row) => [row.id, row])), callers };
  });
  return denied.map((group) => ({
    reason: group.reason,
    gatewayId: group.gateway_id,
    count: Number(group.now),
    countBefore: Number(group.before),
    firstAt: isoOf(new Date(timeOfUuid7(group.first_id))),
    lastAt: isoOf(new Date(timeOfUuid7(group.last_id))),
    examples: group.ids.flatMap((id) => {
      const row = examples.get(id);
      if (!row || id < fromId) return [];
      return [
        {
          requestId: encodeId("req", row.request_id),
          at: isoOf(new Date(timeOfUuid7(id))),
          principal: cutNameOrNull(row.principal),
          tool: cutNameOrNull(row.tool),
          agentId: row.agent_id,
          explanation: explanationOf(row.explanation),
        },
      ];
    }),
    callers: callers.get(decisionKey(group.reason, group.gateway_id)) ?? [],
  }));
}

/** Stored ones are bounded; what is none is left out. */
const explanationOf = (stored: unknown): Explanation | null =>
  Explanation.nullable().catch(null).parse(storableJson(stored));

/** What happened to the keys of the server, its gateway and the agent: those made, revoked or expired lately, newest first. */
async function keysOf({ question, organizationId, read }: Collection): Promise<Collected<"keys">> {
  const { server, agent } = question.subject;
  if (server === null && agent === null)
    throw new NotCollected("not_applicable", "Neither a server nor an agent was named.");
  const from = new Date(changesFromMs(question)).toISOString();
  const to = new Date(question.window.toMs).toISOString();
  const serverId = server?.id ?? "";
  const rows = await read(
    (sql) => sql<
      { id: string; name: string; event: "revoked" | "expired" | "created"; at: string; owner: string }[]
    >`
      with mine as (
        select * from access_keys k
        where k.organization_id = ${organizationId} and (
          k.server_id = ${serverId}
          or k.gateway_id in (select gateway_id from gateway_servers
            where organization_id = ${organizationId} and server_id = ${serverId})
          or ${
            agent === null
              ? sql`k.agent_id in (select agent_id from agent_servers
                where organization_id = ${organizationId} and server_id = ${serverId})`
              : sql`k.agent_id = ${agent.id}`
          })
      ), events as (
        select id, name, 'revoked' as event, revoked_at as at, coalesce(agent_id, gateway_id, server_id) as owner from mine
        union all
        select id, name, 'expired', expires_at, coalesce(agent_id, gateway_id, server_id) from mine
        where revoked_at is null or revoked_at > expires_at
        union all
        select id, name, 'created', created_at, coalesce(agent_id, gateway_id, server_id) from mine
      )
      select * from events where at >= ${from}::timestamptz and at < ${to}::timestamptz
      order by at desc, id, event limit ${changesMax}`,
  );
  return rows.map(({ owner, ...row }) => ({
    ...row,
    name: cutName(row.name),
    at: isoOf(row.at),
    ownerId: owner,
  }));
}

/** What the gateway's doctor finds wrong now, at the gateway and at this server's door. */
async function doctorOf(collection: Collection): Promise<Collected<"doctor">> {
  const { ctx, organizationId, read } = collection;
  const row = await probing(collection);
  const [gateway] = await read(
    (sql) => sql<{ id: string }[]>`
      select g.id from gateway_servers gs
      join gateways g on g.organization_id = gs.organization_id and g.id = gs.gateway_id and g.deleted_at is null
      where gs.organization_id = ${organizationId} and gs.server_id = ${row.id}`,
  );
  if (!gateway) throw new NotCollected("not_applicable", "The server is behind no gateway.");
  const report = await within(limits.incidents.probeMs, runGatewayDoctor(ctx, { gateway: gateway.id }));
  const here = report.servers.filter(({ serverId }) => serverId === row.id);
  return [...report.checks, ...here.flatMap(({ checks }) => checks)]
    .filter(({ status }) => status === "warn" || status === "fail")
    .map(({ id, status, title, detail, fix }) => ({
      id,
      status,
      title: cutText(title),
      detail: cutText(detail),
      fix: cutText(fix),
    }));
}
