import { type AgentUsage, AgentUsageQuery } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { type Ctx, query } from "../access/index.ts";
import { AgentRef, type AgentRow, getAgentRow } from "../agents/index.ts";
import { agentScope, nameInScope, userScope } from "../ledger/index.ts";
import { usageReport } from "./usage-report.ts";

/**
 * What an agent called and spent in a window, with its calendar month (UTC) so far and for whom it spent then. Throws
 * `not_found` for an agent that is not the organization's.
 */
export const getAgentUsage = query({
  name: "agent.usage",
  scope: "usage:read",
  input: AgentUsageQuery.extend(AgentRef.shape),
  run: async (ctx, { agent: ref, ...asked }): Promise<AgentUsage> => {
    const agent = await getAgentRow(ctx.database.db, ctx.organization.id, ref);
    const [report, month, endUsers] = await Promise.all([
      usageReport(ctx, asked, { agent: agent.id }),
      monthOf(ctx, agent),
      endUsersOf(ctx, agent),
    ]);
    return { ...report, agentId: agent.id, agentName: agent.name, month, endUsers };
  },
});

async function monthOf(ctx: Ctx, agent: AgentRow): Promise<AgentUsage["month"]> {
  const { key, startMs, endMs } = utcMonthOf(ctx.clock.nowMs());
  const start = new Date(startMs).toISOString();
  const end = new Date(endMs).toISOString();
  const scope = agentScope(agent.id);
  const [row] = await ctx.database.sql<{ spent: string; calls: string }[]>`
    select
      coalesce((select spent_micros from budget_spend where organization_id = ${ctx.organization.id}
        and scope_kind = ${scope.kind} and scope_id = ${scope.id} and period = ${key}), 0)::bigint as spent,
      coalesce((select sum(calls) from usage_rollup where organization_id = ${ctx.organization.id}
        and agent_id = ${agent.id} and hour >= ${start}::timestamptz and hour < ${end}::timestamptz), 0)::bigint as calls`;
  const spent = BigInt(row?.spent ?? 0);
  const cap = agent.monthlyCapMicros;
  return {
    start,
    end,
    spentMicros: String(spent),
    capMicros: cap === null ? null : String(cap),
    remainingMicros: cap === null ? null : String(cap > spent ? cap - spent : 0n),
    calls: Number(row?.calls ?? 0),
  };
}

/** For whom the agent spent this month, most first, with what each of them may spend. */
async function endUsersOf(ctx: Ctx, agent: AgentRow): Promise<AgentUsage["endUsers"]> {
  const { kind } = userScope(agent.id, null);
  const rows = await ctx.database.sql<{ scope_id: string; spent: string }[]>`
    select scope_id, spent_micros as spent from budget_spend
    where organization_id = ${ctx.organization.id} and agent_id = ${agent.id} and scope_kind = ${kind}
      and period = ${utcMonthOf(ctx.clock.nowMs()).key} and spent_micros > 0
    order by spent_micros desc, scope_id limit ${limits.money.usageGroupsMax}`;
  return rows.map(({ scope_id, spent }) => {
    const endUser = nameInScope(scope_id);
    return { endUser, spentMicros: spent, capMicros: userCapOf(agent, endUser) };
  });
}

function userCapOf(agent: AgentRow, endUser: string): string | null {
  const explicit = Object.hasOwn(agent.userCaps, endUser) ? (agent.userCaps[endUser] ?? null) : null;
  if (explicit !== null) return explicit;
  const cap = endUser === "" ? agent.anonymousUserCapMicros : agent.defaultUserCapMicros;
  return cap?.toString() ?? null;
}
