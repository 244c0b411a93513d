import type { AgentServer } from "#lib/contract/index.ts";
import { query } from "../access/index.ts";
import { attachmentsOf } from "./agent-attachments.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";

/** The servers that an agent may call, by name, with the URLs under which it calls them. */
export const listAgentServers = query({
  name: "agent.servers",
  scope: "agents:read",
  input: AgentRef,
  run: async (ctx, { agent }): Promise<AgentServer[]> => {
    const { db } = ctx.database;
    const row = await getAgentRow(db, ctx.organization.id, agent);
    return attachmentsOf({ ...ctx, db }, row.id);
  },
});
