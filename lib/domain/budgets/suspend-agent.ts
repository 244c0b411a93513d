import { z } from "zod";
import { CHANNELS, notify } from "#lib/db/index.ts";
import { type SystemCaller, systemCommand } from "../access/index.ts";
import { getAgentRow, pauseOf, setPause } from "../agents/index.ts";
import { raiseAlert } from "../alerts/index.ts";

const SuspendAgent = z.object({
  organizationId: z.string(),
  agentId: z.string(),
  /** What it called again and again, e.g. `get_order of support-api`. */
  call: z.string().max(300),
  callsPerMinuteMax: z.number().int(),
});

/** Pauses an agent that seems to loop and tells people. Changes nothing for one that is paused already. */
const suspend = systemCommand({
  name: "agent.suspend",
  input: SuspendAgent,
  run: async (ctx, { organizationId, agentId, call, callsPerMinuteMax }) => {
    const before = await getAgentRow(ctx.db, organizationId, agentId, { lock: true });
    if (before.pauseReason !== null) return { value: { isSuspended: false }, audit: null };
    const now = new Date(ctx.clock.nowMs());
    const note = `It called ${call} with the same arguments more than ${callsPerMinuteMax} times in a minute.`;
    const pause = { reason: "loop_suspected" as const, note };
    await setPause(ctx.db, before, pause, now);
    await raiseAlert(ctx, {
      organizationId,
      rule: "loop_suspected",
      scope: before.id,
      severity: "critical",
      title: `${before.name} was paused: it seems to loop`,
      detail: `${note} All its calls are denied until somebody resumes it.`,
      path: `/agents/${before.id}/budget`,
      // Each time it is paused is told.
      periodStart: now,
    });
    return {
      value: { isSuspended: true },
      audit: {
        organizationId,
        entity: "agent",
        entityId: before.id,
        before: { pause: pauseOf(before) },
        after: { pause },
      },
    };
  },
});

/**
 * Pauses an agent for `loop_suspected`, once however many edges notice: with an audit record, an alert, and word to every
 * edge. Throws `not_found` for an agent that is gone.
 */
export async function suspendAgent(
  caller: SystemCaller,
  input: z.input<typeof SuspendAgent>,
): Promise<{ isSuspended: boolean }> {
  const value = await suspend(caller, input);
  if (value.isSuspended) await notify(caller.system.database.sql, CHANNELS.configuration, input.agentId);
  return value;
}
