import { announced, command } from "../access/index.ts";
import { AgentRef, getAgentRow } from "./agent-row.ts";
import { describeAgent } from "./describe-agents.ts";
import { pauseOf, setPause } from "./set-pause.ts";

/** Lets a paused agent call again, whatever paused it. Changes nothing for one that runs. */
export const resumeAgent = announced(
  command({
    name: "agent.resume",
    scope: "agents:write",
    input: AgentRef,
    run: async (ctx, { agent }) => {
      const before = await getAgentRow(ctx.db, ctx.organization.id, agent, { lock: true });
      const after = await setPause(ctx.db, before, null, new Date(ctx.clock.nowMs()));
      return {
        value: await describeAgent(ctx, after),
        audit: {
          entity: "agent",
          entityId: after.id,
          before: { pause: pauseOf(before) },
          after: { pause: null },
        },
      };
    },
  }),
  (agent) => agent.id,
);
