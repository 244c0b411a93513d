import { and, eq } from "drizzle-orm";
import { agents } from "#drizzle/schema/index.ts";
import { agentVersion, UpdateAgent } from "#lib/contract/index.ts";
import { announced, command, requireMatch } from "../access/index.ts";
import { AgentRef, assertNameIsFree, getAgentRow, lockAgentsOf } from "./agent-row.ts";
import { describeAgent } from "./describe-agents.ts";

/**
 * Changes an agent's name or description; what is not named stays. Throws `conflict` when the name is taken and
 * `precondition_failed` when it is not what the caller read.
 */
export const updateAgent = announced(
  command({
    name: "agent.update",
    scope: "agents:write",
    input: AgentRef.extend(UpdateAgent.shape),
    run: async (ctx, { agent, ...changes }) => {
      const organizationId = ctx.organization.id;
      await lockAgentsOf(ctx.db, organizationId);
      const before = await getAgentRow(ctx.db, organizationId, agent, { lock: true });
      if (ctx.ifMatch) requireMatch(ctx, agentVersion(await describeAgent(ctx, before)));
      if (changes.name !== undefined)
        await assertNameIsFree(ctx.db, { organizationId, name: changes.name, exceptId: before.id });
      const [after] = await ctx.db
        .update(agents)
        .set({ ...changes, updatedAt: new Date(ctx.clock.nowMs()) })
        .where(and(eq(agents.organizationId, organizationId), eq(agents.id, before.id)))
        .returning();
      const row = after ?? before;
      return {
        value: await describeAgent(ctx, row),
        audit: {
          entity: "agent",
          entityId: row.id,
          before: { name: before.name, description: before.description },
          after: { name: row.name, description: row.description },
        },
      };
    },
  }),
  (agent) => agent.id,
);
