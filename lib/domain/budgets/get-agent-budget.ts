import type { AgentBudget } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { AgentRef, getAgentRow } from "../agents/index.ts";
import { describeBudget } from "./describe-budget.ts";

/** The caps of an agent and what it has spent of the month (UTC). */
export const getAgentBudget = query({
  name: "budget.get",
  scope: "agents:read",
  input: AgentRef,
  run: async (ctx, { agent }): Promise<AgentBudget> => {
    const { db } = ctx.database;
    return describeBudget({ ...ctx, db }, await getAgentRow(db, ctx.organization.id, agent));
  },
});
