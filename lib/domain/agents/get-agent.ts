import type { Agent } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";
import { describeAgent } from "./describe-agents.ts";

/** One agent by id or name. */
export const getAgent = query({
  name: "agent.get",
  scope: "agents:read",
  input: AgentRef,
  run: async (ctx, { agent }): Promise<Agent> => {
    const { db } = ctx.database;
    return describeAgent({ ...ctx, db }, await getAgentRow(db, ctx.organization.id, agent));
  },
});
