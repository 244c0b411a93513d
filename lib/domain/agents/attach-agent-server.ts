import { and, count, eq } from "drizzle-orm";
import { agentServers } from "#drizzle/schema/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announced, type CommandCtx, command } from "../access/index.ts";
import { getServerRow, ServerRef, userIdOf } from "../servers/index.ts";
import { attachmentsOf } from "./agent-attachments.ts";
import { AgentRef, type AgentRow, getAgentRow } from "./agent-row.ts";

/**
 * Lets an agent call a server, as far as the grants of the gateway before it allow. Changes nothing when it may already.
 * Throws `limit_reached` when the agent has all the servers it may have.
 */
export const attachAgentServer = announced(
  command({
    name: "agent.attachServer",
    scope: "agents:write",
    input: AgentRef.extend(ServerRef.shape),
    run: async (ctx, { agent, server }) => {
      const row = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const { id: serverId, organizationId } = await getServerRow(ctx.db, ctx.organization.id, server, {
        lock: true,
      });
      const inserted = await ctx.db
        .insert(agentServers)
        .values({
          organizationId,
          agentId: row.id,
          serverId,
          attachedBy: userIdOf(ctx.actor),
          attachedAt: new Date(ctx.clock.nowMs()),
        })
        .onConflictDoNothing()
        .returning({ serverId: agentServers.serverId });
      if (inserted.length > 0) await requireNotTooMany(ctx, row);
      const [value] = await attachmentsOf(ctx, row.id, { serverId });
      if (!value) throw new Error("an attachment that was just written is not there");
      return { value, audit: { entity: "agent", entityId: row.id, after: { serverId } } };
    },
  }),
  (attachment) => attachment.serverId,
);

async function requireNotTooMany(ctx: CommandCtx, agent: AgentRow): Promise<void> {
  const max = limits.agents.serversPerAgentMax;
  const [attached] = await ctx.db
    .select({ total: count() })
    .from(agentServers)
    .where(and(eq(agentServers.organizationId, agent.organizationId), eq(agentServers.agentId, agent.id)));
  if ((attached?.total ?? 0) <= max) return;
  throw new DomainError("limit_reached", `An agent calls at most ${max} servers. Detach one first.`);
}
