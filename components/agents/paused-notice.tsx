"use client";

import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAgent } from "./agent-context.tsx";

/** Says that nothing of the agent gets through, since when, and why. Nothing while it is active. */
export function PausedNotice() {
  const { agent } = useAgent();
  if (agent.pause === null) return null;
  const isLoop = agent.pause.reason === "loop_suspected";
  return (
    <Notice tone={isLoop ? "fail" : "warn"}>
      <p className="font-medium">
        {isLoop ? "Paused by the loop guard" : "Paused by hand"} <Time value={agent.pause.at} />: every call
        is denied until somebody resumes the agent.
      </p>
      {agent.pause.note ? <p className="break-words text-muted">{agent.pause.note}</p> : null}
      {isLoop ? (
        <p className="text-muted">
          It made the same call with the same arguments again and again. Look at its last calls before you
          resume it.
        </p>
      ) : null}
    </Notice>
  );
}
