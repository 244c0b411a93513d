import type { Evidence } from "#lib/contract/index.ts";
import { timeOfUuid7, uuid7Floor } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { toolsOnServer } from "../../agents/index.ts";
import { readBudgetLayers } from "../../ledger/index.ts";
import { isCaller } from "./callers.ts";
import { cutName, cutNameOrNull, cutTextOrNull, isoOf, isoOrNull } from "./evidence-text.ts";
import { type Collection, NotCollected } from "./section.ts";
import { askedAgent, askedServer, assertIsKept, idsOf, presentServer } from "./windows.ts";

type Budget = Evidence["budget"];
type Collected<Part extends keyof Budget> = Extract<Budget[Part], { status: "collected" }>["value"];

const { rowsReadMax, toolsMax, clientsMax } = limits.incidents;

/** The agent: whether it may run, what it may call and spend, and what it did here. */
export async function collectBudget(collection: Collection): Promise<Budget> {
  const { section } = collection;
  const [agent, layers, tools, calls] = await Promise.all([
    section("budget.agent", () => agentOf(collection)),
    section("budget.layers", () => layersOf(collection)),
    section("budget.tools", () => toolsOf(collection)),
    section("budget.calls", () => callsOf(collection)),
  ]);
  return { agent, layers, tools, calls };
}

async function agentOf({ question, organizationId, nowMs, read }: Collection): Promise<Collected<"agent">> {
  const { id } = askedAgent(question);
  const serverId = question.subject.server?.id ?? "";
  return read(async (sql) => {
    const [row] = await sql<
      {
        reason: string | null;
        paused_at: string | null;
        updated_at: string;
        note: string | null;
        is_deleted: boolean;
        is_attached: boolean;
        by: string | null;
      }[]
    >`
      select a.pause_reason as reason, a.paused_at, a.updated_at, a.pause_note as note,
        a.deleted_at is not null as is_deleted,
        exists (select from agent_servers s where s.organization_id = a.organization_id and s.agent_id = a.id
          and s.server_id = ${serverId}) as is_attached,
        (select u.name from audit_log l join users u on l.actor = 'user:' || u.id
          where l.organization_id = a.organization_id and l.entity_id = a.id and l.action = 'agent.pause'
            and l.id >= ${uuid7Floor(nowMs - limits.incidents.knownClientMs)}
          order by l.id desc limit 1) as by
      from agents a where a.organization_id = ${organizationId} and a.id = ${id}`;
    if (!row) throw new NotCollected("failed", "The agent is gone.");
    const keys = await sql<
      { id: string; name: string; revoked_at: string | null; expires_at: string | null }[]
    >`
      select id, name, revoked_at, expires_at from access_keys
      where organization_id = ${organizationId} and agent_id = ${id} order by id desc limit ${clientsMax}`;
    return {
      status: row.is_deleted ? "deleted" : row.reason === null ? "active" : "paused",
      pause:
        row.reason === null
          ? null
          : {
              reason: row.reason,
              at: isoOf(row.paused_at ?? row.updated_at),
              note: cutTextOrNull(row.note),
              by: row.reason === "by_hand" ? cutNameOrNull(row.by) : null,
            },
      isAttached: row.is_attached,
      keys: keys.map((key) => {
        const isExpired = key.expires_at !== null && new Date(key.expires_at).getTime() <= nowMs;
        const state = key.revoked_at !== null ? "revoked" : isExpired ? "expired" : "active";
        return {
          id: key.id,
          name: cutName(key.name),
          state,
          at: isoOrNull(key.revoked_at ?? key.expires_at),
        };
      }),
    };
  });
}

const LIMIT_SOURCE = { agent: "agent_budget", user: "user_budget", session: "session_budget" } as const;

async function layersOf({ question, organizationId, nowMs, read }: Collection): Promise<Collected<"layers">> {
  const { id: agentId } = askedAgent(question);
  const layers = await read((sql) =>
    readBudgetLayers(sql, { organizationId, agentId }, { nowMs, layersMax: clientsMax }),
  );
  return layers.map((layer) => ({
    limitSource: LIMIT_SOURCE[layer.kind],
    scopeId: cutName(layer.name),
    capMicros: String(layer.capMicros),
    spentMicros: String(layer.spentMicros),
    remainingMicros: String(layer.remainingMicros),
    resetsAt: isoOf(new Date(layer.resetsAtMs)),
  }));
}

async function toolsOf({ ctx, question, organizationId }: Collection): Promise<Collected<"tools">> {
  const { id: agentId } = askedAgent(question);
  const { id: serverId } = presentServer(question);
  const tools = await toolsOnServer(ctx.database.db, { organizationId, agentId, serverId });
  return tools.slice(0, toolsMax).map(({ tool, isAllowed, reason, explanation }) => ({
    tool: cutNameOrNull(tool),
    isAllowed,
    reason,
    detail: cutTextOrNull(explanation),
  }));
}

/** What the agent did here in the window, and when it last listed and called, however long ago that is kept. */
async function callsOf({ question, organizationId, nowMs, read }: Collection): Promise<Collected<"calls">> {
  const { id: agentId } = askedAgent(question);
  const { id: serverId } = askedServer(question);
  assertIsKept(question, nowMs);
  const { fromId, toId } = idsOf(question);
  return read(async (sql) => {
    const mine = sql`organization_id = ${organizationId} and server_id = ${serverId}`;
    const own = sql`agent_id = ${agentId} and ${isCaller(sql)}`;
    const [row] = await sql<{ lists: string; lists_ok: string; calls: string; calls_ok: string }[]>`
      select count(*) filter (where method = 'tools/list') as lists,
        count(*) filter (where method = 'tools/list' and outcome = 'ok') as lists_ok,
        count(*) filter (where method = 'tools/call') as calls,
        count(*) filter (where method = 'tools/call' and outcome = 'ok') as calls_ok
      from request_log where ${mine} and id >= ${fromId} and id < ${toId} and ${own}`;
    const last = await sql<{ method: string; id: string }[]>`
      select method, max(id::text) as id from (
        select id, method, agent_id, source, kind from request_log where ${mine} and id < ${toId}
        order by id desc limit ${rowsReadMax}
      ) newest
      where ${own} and method in ('tools/list', 'tools/call') group by method`;
    const unknown = await sql<{ tool: string }[]>`
      select called.tool from (
        select distinct tool from request_log
        where ${mine} and id >= ${fromId} and id < ${toId} and ${own} and method = 'tools/call' and tool is not null
      ) called
      where exists (select from server_tools t where ${mine}) and not exists (
        select from server_tools t, jsonb_array_elements(t.tools) offered
        where ${mine} and offered->>'name' = called.tool)
      order by called.tool limit ${clientsMax}`;
    const at = (method: string): string | null => {
      const id = last.find((one) => one.method === method)?.id;
      return id === undefined ? null : new Date(timeOfUuid7(id)).toISOString();
    };
    return {
      lists: Number(row?.lists ?? 0),
      listsOk: Number(row?.lists_ok ?? 0),
      calls: Number(row?.calls ?? 0),
      callsOk: Number(row?.calls_ok ?? 0),
      lastListAt: at("tools/list"),
      lastCallAt: at("tools/call"),
      unknownTools: unknown.map(({ tool }) => cutName(tool)),
    };
  });
}
