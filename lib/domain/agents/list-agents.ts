import { and, asc, eq, isNotNull, isNull, max } from "drizzle-orm";
import { z } from "zod";
import { accessKeys, agents, budgetSpend } from "#drizzle/schema/index.ts";
import type { AgentListItem } from "#lib/contract/index.ts";
import type { Db } from "#lib/db/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { query } from "../access/index.ts";
import { agentStats } from "../requests/index.ts";
import { lastDay } from "../servers/index.ts";
import { describeAgents } from "./describe-agents.ts";

/** All agents of the organization by name, with their last 24 hours and what they spent of the month so far (UTC). */
export const listAgents = query({
  name: "agent.list",
  scope: "agents:read",
  input: z.object({}),
  run: async (ctx): Promise<AgentListItem[]> => {
    const { db } = ctx.database;
    const organizationId = ctx.organization.id;
    const nowMs = ctx.clock.nowMs();
    const rows = await db
      .select()
      .from(agents)
      .where(and(eq(agents.organizationId, organizationId), isNull(agents.deletedAt)))
      .orderBy(asc(agents.name), asc(agents.id))
      .limit(limits.agents.perOrganizationMax);
    const [described, stats, spent, lastUses] = await Promise.all([
      describeAgents({ ...ctx, db }, rows),
      agentStats(ctx.database, organizationId, lastDay(nowMs)),
      spentInMonth(db, organizationId, utcMonthOf(nowMs).key),
      lastUsesOf(db, organizationId),
    ]);
    return described.map((agent, index) => ({
      ...agent,
      calls24h: stats.get(agent.id)?.calls ?? 0,
      errors24h: stats.get(agent.id)?.errors ?? 0,
      spentMicros: String(spent.get(agent.id) ?? 0n),
      capMicros: rows[index]?.monthlyCapMicros?.toString() ?? null,
      lastCallAt: lastUses.get(agent.id)?.toISOString() ?? null,
    }));
  },
});

async function spentInMonth(db: Db, organizationId: string, month: string): Promise<Map<string, bigint>> {
  const rows = await db
    .select({ agentId: budgetSpend.scopeId, spentMicros: budgetSpend.spentMicros })
    .from(budgetSpend)
    .where(
      and(
        eq(budgetSpend.organizationId, organizationId),
        eq(budgetSpend.scopeKind, "agent"),
        eq(budgetSpend.period, month),
      ),
    );
  return new Map(rows.map(({ agentId, spentMicros }) => [agentId, spentMicros]));
}

/** An agent calls with its keys alone, so their last use is its last call. */
async function lastUsesOf(db: Db, organizationId: string): Promise<Map<string, Date>> {
  const rows = await db
    .select({ agentId: accessKeys.agentId, at: max(accessKeys.lastUsedAt) })
    .from(accessKeys)
    .where(and(eq(accessKeys.organizationId, organizationId), isNotNull(accessKeys.agentId)))
    .groupBy(accessKeys.agentId);
  return new Map(rows.flatMap(({ agentId, at }) => (agentId === null || at === null ? [] : [[agentId, at]])));
}
