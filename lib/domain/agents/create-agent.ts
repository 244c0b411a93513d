import { and, count, eq, isNull } from "drizzle-orm";
import { agents } from "#drizzle/schema/index.ts";
import { CreateAgent } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announced, type CommandCtx, command } from "../access/index.ts";
import { userIdOf } from "../servers/index.ts";
import { assertNameIsFree, lockAgentsOf } from "./agent-row.ts";
import { describeAgent } from "./describe-agents.ts";

/**
 * Makes an agent without keys, servers or caps: it may call nothing yet. Throws `conflict` when the name is taken and
 * `limit_reached` when the organization is full.
 */
export const createAgent = announced(
  command({
    name: "agent.create",
    scope: "agents:write",
    input: CreateAgent,
    run: async (ctx, { name, description }) => {
      const organizationId = ctx.organization.id;
      await lockAgentsOf(ctx.db, organizationId);
      await assertNameIsFree(ctx.db, { organizationId, name, exceptId: null });
      await requireRoom(ctx);
      const now = new Date(ctx.clock.nowMs());
      const [row] = await ctx.db
        .insert(agents)
        .values({
          organizationId,
          id: ctx.ids.id("agt"),
          name,
          description,
          createdBy: userIdOf(ctx.actor),
          createdAt: now,
          updatedAt: now,
        })
        .returning();
      if (!row) throw new Error("inserting an agent answered no row");
      return {
        value: await describeAgent(ctx, row),
        audit: { entity: "agent", entityId: row.id, after: { name, description } },
      };
    },
  }),
  (agent) => agent.id,
);

async function requireRoom(ctx: CommandCtx): Promise<void> {
  const max = limits.agents.perOrganizationMax;
  const [existing] = await ctx.db
    .select({ total: count() })
    .from(agents)
    .where(and(eq(agents.organizationId, ctx.organization.id), isNull(agents.deletedAt)));
  if ((existing?.total ?? 0) < max) return;
  throw new DomainError(
    "limit_reached",
    `This organization has ${max} agents, the most it may have. Delete one first.`,
  );
}
