import { PauseAgent } from "#lib/contract/index.ts";
import { announced, command } from "../access/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";
import { describeAgent } from "./describe-agents.ts";
import { pauseOf, setPause } from "./set-pause.ts";

/** Stops an agent: within two seconds every edge denies its calls. Calls that run already end as they do. */
export const pauseAgent = announced(
  command({
    name: "agent.pause",
    scope: "agents:write",
    input: AgentRef.extend(PauseAgent.shape),
    run: async (ctx, { agent, note }) => {
      const before = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const pause = { reason: "by_hand" as const, note };
      const after = await setPause(ctx.db, before, pause, new Date(ctx.clock.nowMs()));
      return {
        value: await describeAgent(ctx, after),
        audit: {
          entity: "agent",
          entityId: after.id,
          before: { pause: pauseOf(before) },
          after: { pause },
        },
      };
    },
  }),
  (agent) => agent.id,
);
