import {
  TrialStarted,
  TrialStopped,
  TrialToolCallAnswer,
  TrialToolsListAnswer,
} from "#lib/contract/edge-control.ts";
import type { TrialInput, TrialStart } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { EdgeAddress, EdgeClient } from "./edge-client.ts";

/** Starts a trial on one edge. Throws `unavailable` when the edge is away. */
export async function startTrialOn(
  { node, region }: Pick<EdgeAddress, "node" | "region">,
  { call }: EdgeClient,
  input: TrialInput,
): Promise<TrialStart> {
  const started = await call({
    method: "POST",
    path: "/trials",
    body: input,
    timeoutMs: limits.control.trialTimeoutMs,
    response: TrialStarted,
  });
  if (!started.ok) return { ok: false, region, node, message: started.message };
  const path = `/trials/${started.trialId}`;
  return {
    ok: true,
    trial: {
      region,
      node,
      startMs: started.startMs,
      listTools: (era) =>
        call({
          method: "POST",
          path: `${path}/tools-list`,
          body: { era },
          timeoutMs: limits.control.trialTimeoutMs,
          response: TrialToolsListAnswer,
        }),
      callTool: (toolCall) =>
        call({
          method: "POST",
          path: `${path}/tool-call`,
          body: toolCall,
          timeoutMs: limits.control.trialTimeoutMs,
          response: TrialToolCallAnswer,
        }),
      stop: () =>
        call({
          method: "DELETE",
          path,
          timeoutMs: limits.control.refreshTimeoutMs,
          response: TrialStopped,
        }).then(
          ({ errorLines }) => errorLines,
          // The edge went away: with it the trial.
          () => [],
        ),
    },
  };
}
