import { and, eq } from "drizzle-orm";
import { agents } from "#drizzle/schema/index.ts";
import { budgetVersion, UpdateAgentBudget } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";
import { announced, command, requireMatch } from "../access/index.ts";
import { AgentRef, getAgentRow } from "../agents/index.ts";
import { assertCapsFit } from "./budget-rules.ts";
import { capsOf, describeBudget, rulesOf } from "./describe-budget.ts";

type Stored = Partial<typeof agents.$inferInsert>;

/**
 * Changes what an agent and its users may spend; what is not named stays. A cap below what is spent already is fine: nothing
 * remains until the month ends. Within two seconds every edge keeps to it. Throws `invalid_input` for a cap that could
 * never count, and `precondition_failed` when the budget is not what the caller read.
 */
export const updateAgentBudget = announced(
  command({
    name: "budget.update",
    scope: "budgets:write",
    input: AgentRef.extend(UpdateAgentBudget.shape),
    run: async (ctx, { agent, ...changes }) => {
      const before = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      if (ctx.ifMatch) requireMatch(ctx, budgetVersion(await describeBudget(ctx, before)));
      const stored = toStored(changes);
      assertCapsFit(
        changes,
        stored.monthlyCapMicros === undefined ? before.monthlyCapMicros : stored.monthlyCapMicros,
      );
      const [after] = await ctx.db
        .update(agents)
        .set({ ...stored, updatedAt: new Date(ctx.clock.nowMs()) })
        .where(and(eq(agents.organizationId, before.organizationId), eq(agents.id, before.id)))
        .returning();
      const row = after ?? before;
      return {
        value: await describeBudget(ctx, row),
        audit: {
          entity: "agent",
          entityId: row.id,
          before: { ...capsOf(before), ...rulesOf(before) },
          after: { ...capsOf(row), ...rulesOf(row) },
        },
      };
    },
  }),
  (budget) => budget.agentId,
);

/** The named changes as columns. */
function toStored(changes: UpdateAgentBudget): Stored {
  const { monthlyCapMicros, defaultUserCapMicros, anonymousUserCapMicros, sessionCapMicros } = changes;
  const { userCaps, alertThresholds, onUnavailable, loopCallsPerMinuteMax } = changes;
  const caps = { monthlyCapMicros, defaultUserCapMicros, anonymousUserCapMicros, sessionCapMicros };
  return {
    ...Object.fromEntries(
      Object.entries(caps).flatMap(([name, cap]) =>
        cap === undefined ? [] : [[name, cap === null ? null : microsOf(cap)]],
      ),
    ),
    ...(userCaps && {
      userCaps: Object.fromEntries(userCaps.map(({ endUser, capMicros }) => [endUser, capMicros])),
    }),
    ...(alertThresholds && { alertThresholds: [...new Set(alertThresholds)].sort((a, b) => a - b) }),
    ...(onUnavailable && { onUnavailable }),
    ...(loopCallsPerMinuteMax !== undefined && { loopCallsPerMinuteMax }),
  };
}
