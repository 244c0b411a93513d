import { and, count, eq, gt, inArray, isNull, or } from "drizzle-orm";
import { accessKeys, agentServers, servers } from "#drizzle/schema/index.ts";
import type { Agent } from "#lib/contract/index.ts";
import type { CommandCtx } from "../access/index.ts";
import { userNames } from "../servers/index.ts";
import { type AgentRow, pauseReasonOf } from "./agent-row.ts";

type DescribeCtx = Pick<CommandCtx, "db" | "clock" | "organization">;

/** One row as the wire shows it. */
export async function describeAgent(ctx: DescribeCtx, row: AgentRow): Promise<Agent> {
  const [agent] = await describeAgents(ctx, [row]);
  if (!agent) throw new Error("describing one agent answered none");
  return agent;
}

/** Rows of one organization as the wire shows them, in the same order; three statements however many there are. */
export async function describeAgents(ctx: DescribeCtx, rows: readonly AgentRow[]): Promise<Agent[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const [serverCounts, keyCounts, names] = await Promise.all([
    serverCountsOf(ctx, ids),
    keyCountsOf(ctx, ids),
    userNames(
      ctx.db,
      rows.map((row) => row.createdBy),
    ),
  ]);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    ...statusOf(row),
    serverCount: serverCounts.get(row.id) ?? 0,
    keyCount: keyCounts.get(row.id) ?? 0,
    createdBy: row.createdBy === null ? null : (names.get(row.createdBy) ?? null),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }));
}

/** Whether the agent runs, and if not, why. */
export function statusOf(row: AgentRow): Pick<Agent, "status" | "pause"> {
  const reason = pauseReasonOf(row);
  if (reason === null) return { status: "active", pause: null };
  const at = (row.pausedAt ?? row.updatedAt).toISOString();
  return { status: "paused", pause: { reason, at, note: row.pauseNote } };
}

async function serverCountsOf(ctx: DescribeCtx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await ctx.db
    .select({ agentId: agentServers.agentId, n: count() })
    .from(agentServers)
    .innerJoin(
      servers,
      and(eq(servers.organizationId, agentServers.organizationId), eq(servers.id, agentServers.serverId)),
    )
    .where(
      and(
        eq(agentServers.organizationId, ctx.organization.id),
        inArray(agentServers.agentId, [...ids]),
        isNull(servers.deletedAt),
      ),
    )
    .groupBy(agentServers.agentId);
  return new Map(rows.map(({ agentId, n }) => [agentId, n]));
}

/** Keys that open something now. */
async function keyCountsOf(ctx: DescribeCtx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await ctx.db
    .select({ agentId: accessKeys.agentId, n: count() })
    .from(accessKeys)
    .where(
      and(
        eq(accessKeys.organizationId, ctx.organization.id),
        inArray(accessKeys.agentId, [...ids]),
        isNull(accessKeys.revokedAt),
        or(isNull(accessKeys.expiresAt), gt(accessKeys.expiresAt, new Date(ctx.clock.nowMs()))),
      ),
    )
    .groupBy(accessKeys.agentId);
  return new Map(rows.flatMap(({ agentId, n }) => (agentId === null ? [] : [[agentId, n] as const])));
}
