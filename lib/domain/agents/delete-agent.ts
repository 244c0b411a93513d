import { and, eq, isNull } from "drizzle-orm";
import { accessKeys, agentServers, agents, grants } from "#drizzle/schema/index.ts";
import { announced, type CommandCtx, command } from "../access/index.ts";
import { AgentRef, type AgentRow, getAgentRow } from "./agent-row.ts";

/**
 * Deletes an agent: its keys are revoked, its servers detached and the grants that name it deleted. What it did and spent
 * stays in logs, usage and the ledger. Its name is free again.
 */
export const deleteAgent = announced(
  command({
    name: "agent.delete",
    scope: "agents:write",
    input: AgentRef,
    run: async (ctx, { agent }) => {
      const row = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const now = new Date(ctx.clock.nowMs());
      await closeAccess(ctx, row, now);
      await ctx.db
        .update(agents)
        .set({ deletedAt: now, updatedAt: now })
        .where(and(eq(agents.organizationId, row.organizationId), eq(agents.id, row.id)));
      return {
        value: { id: row.id },
        audit: { entity: "agent", entityId: row.id, before: { name: row.name } },
      };
    },
  }),
  (deleted) => deleted.id,
);

async function closeAccess(ctx: CommandCtx, { organizationId, id }: AgentRow, now: Date): Promise<void> {
  await ctx.db
    .update(accessKeys)
    .set({ revokedAt: now })
    .where(
      and(
        eq(accessKeys.organizationId, organizationId),
        eq(accessKeys.agentId, id),
        isNull(accessKeys.revokedAt),
      ),
    );
  await ctx.db
    .delete(agentServers)
    .where(and(eq(agentServers.organizationId, organizationId), eq(agentServers.agentId, id)));
  await ctx.db
    .delete(grants)
    .where(
      and(
        eq(grants.organizationId, organizationId),
        eq(grants.subjectKind, "agent"),
        eq(grants.subjectValue, id),
      ),
    );
}
