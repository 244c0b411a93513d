import { query } from "../access/index.ts";
import { keysOf } from "../gateways/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";

/** The keys of an agent, newest first, those revoked lately included; never their secrets. */
export const listAgentKeys = query({
  name: "agent.keys",
  scope: "agents:read",
  input: AgentRef,
  run: async (ctx, { agent }) => {
    const { db } = ctx.database;
    const row = await getAgentRow(db, ctx.organization.id, agent);
    return keysOf(db, { organizationId: row.organizationId, agentId: row.id }, ctx.clock.nowMs());
  },
});
