import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { agentServers, gatewayServers, servers, serverTools } from "#drizzle/schema/index.ts";
import type { EffectiveTool } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { query } from "../access/index.ts";
import { gatewayEntriesOf } from "../gateways/index.ts";
import { AgentRef, type AgentRow, getAgentRow, pauseReasonOf } from "./agent-row.ts";
import { type DecidedAgent, type DecidedServer, decideTools } from "./tool-decisions.ts";

const toolNames = sql<string[] | null>`case when ${serverTools.tools} is null then null else array(
  select tool->>'name' from jsonb_array_elements(${serverTools.tools}) as tool
) end`;

/**
 * What an agent may call: the tools of its servers, each with the reason why it works or is missing, attached servers first
 * and by name; of servers that are not attached one row each. At most `limits.agents.effectiveToolsMax` rows.
 */
export const effectiveTools = query({
  name: "agent.tools",
  scope: "agents:read",
  input: AgentRef,
  run: async (ctx, { agent }): Promise<EffectiveTool[]> => {
    const { db } = ctx.database;
    const row = await getAgentRow(db, ctx.organization.id, agent);
    const all = await serversAround(db, row);
    return all
      .flatMap((server) => decideTools(decidedAgent(row), server))
      .slice(0, limits.agents.effectiveToolsMax);
  },
});

/** The same of one server (by id) only; empty for a server that is not there. Throws `not_found` for an agent that is not. */
export async function toolsOnServer(
  db: Db,
  { organizationId, agentId, serverId }: { organizationId: string; agentId: string; serverId: string },
): Promise<EffectiveTool[]> {
  const row = await getAgentRow(db, organizationId, agentId);
  const [server] = await serversAround(db, row, serverId);
  return server ? decideTools(decidedAgent(row), server).slice(0, limits.agents.effectiveToolsMax) : [];
}

const decidedAgent = (row: AgentRow): DecidedAgent => ({
  id: row.id,
  name: row.name,
  isPaused: pauseReasonOf(row) !== null,
});

/** All servers of the organization, or one, as they look from the agent. */
async function serversAround(db: Db, agent: AgentRow, serverId?: string): Promise<DecidedServer[]> {
  const isAttached = sql<boolean>`${agentServers.serverId} is not null`;
  const rows = await db
    .select({
      id: servers.id,
      slug: servers.slug,
      kind: servers.kind,
      status: servers.status,
      activeVersionId: servers.activeVersionId,
      directAccess: servers.directAccess,
      gatewayId: gatewayServers.gatewayId,
      isAttached,
      tools: toolNames,
    })
    .from(servers)
    .leftJoin(
      agentServers,
      and(
        eq(agentServers.organizationId, servers.organizationId),
        eq(agentServers.serverId, servers.id),
        eq(agentServers.agentId, agent.id),
      ),
    )
    .leftJoin(
      gatewayServers,
      and(eq(gatewayServers.organizationId, servers.organizationId), eq(gatewayServers.serverId, servers.id)),
    )
    .leftJoin(
      serverTools,
      and(eq(serverTools.organizationId, servers.organizationId), eq(serverTools.serverId, servers.id)),
    )
    .where(
      and(
        eq(servers.organizationId, agent.organizationId),
        isNull(servers.deletedAt),
        serverId === undefined ? undefined : eq(servers.id, serverId),
      ),
    )
    .orderBy(sql`${isAttached} desc`, asc(servers.name), asc(servers.id))
    .limit(limits.agents.effectiveToolsMax);
  const gateways = await gatewayEntriesOf(db, agent.organizationId, [
    ...new Set(rows.flatMap((row) => (row.isAttached ? (row.gatewayId ?? []) : []))),
  ]);
  return rows.map(({ kind, status, activeVersionId, gatewayId, ...row }) => ({
    ...row,
    isActive: status === "active" && (kind !== "hosted" || activeVersionId !== null),
    gateway: gatewayId === null ? null : (gateways.get(gatewayId) ?? null),
  }));
}
