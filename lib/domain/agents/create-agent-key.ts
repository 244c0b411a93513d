import { CreateAgentKey } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { announced, command } from "../access/index.ts";
import { makeKey } from "../gateways/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";

/** Makes a key by which an agent proves itself and answers its secret, this once. It opens the agent's servers. */
export const createAgentKey = announced(
  command({
    name: "agent.createKey",
    scope: "agents:write",
    input: AgentRef.extend(CreateAgentKey.shape),
    run: async (ctx, { agent, ...key }) => {
      const row = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const holder = { organizationId: row.organizationId, agentId: row.id };
      return makeKey(ctx, { holder, keysMax: limits.agents.keysPerAgentMax }, { ...key, use: "external" });
    },
  }),
  (key) => key.id,
);
