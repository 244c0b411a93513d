import { and, eq } from "drizzle-orm";
import { agentServers } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { announced, command } from "../access/index.ts";
import { getServerRow, ServerRef } from "../servers/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";

/** Takes a server from an agent: within two seconds its calls are denied. Throws `conflict` when it is not attached. */
export const detachAgentServer = announced(
  command({
    name: "agent.detachServer",
    scope: "agents:write",
    input: AgentRef.extend(ServerRef.shape),
    run: async (ctx, { agent, server }) => {
      const row = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const { id: serverId, slug } = await getServerRow(ctx.db, ctx.organization.id, server);
      const removed = await ctx.db
        .delete(agentServers)
        .where(
          and(
            eq(agentServers.organizationId, row.organizationId),
            eq(agentServers.agentId, row.id),
            eq(agentServers.serverId, serverId),
          ),
        )
        .returning({ serverId: agentServers.serverId });
      if (removed.length === 0) throw new DomainError("conflict", `${slug} is not attached to this agent.`);
      return {
        value: { serverId },
        audit: { entity: "agent", entityId: row.id, before: { serverId }, after: null },
      };
    },
  }),
  (detached) => detached.serverId,
);
