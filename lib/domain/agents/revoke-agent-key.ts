import { z } from "zod";
import { announced, command } from "../access/index.ts";
import { revokeHeldKey } from "../gateways/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";

/** Revokes a key of an agent: within two seconds no edge lets it in any more. */
export const revokeAgentKey = announced(
  command({
    name: "agent.revokeKey",
    scope: "agents:write",
    input: AgentRef.extend({ key: z.string().max(200) }),
    run: async (ctx, { agent, key }) => {
      const row = await getAgentRow(ctx.db, ctx.organization.id, agent);
      return revokeHeldKey(ctx, { organizationId: row.organizationId, agentId: row.id }, key);
    },
  }),
  (revoked) => revoked.id,
);
