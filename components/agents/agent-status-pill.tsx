import { CirclePause, CirclePlay, Repeat } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import type { Agent } from "#lib/contract/index.ts";

/** Whether an agent may call anything: active, paused by somebody, or paused by the guard against loops. */
export function AgentStatusPill({ agent }: { agent: Pick<Agent, "status" | "pause"> }) {
  if (agent.status === "active")
    return (
      <Pill tone="ok" icon={CirclePlay}>
        Active
      </Pill>
    );
  if (agent.pause?.reason === "loop_suspected")
    return (
      <Pill tone="fail" icon={Repeat}>
        Paused: loop
      </Pill>
    );
  return (
    <Pill tone="warn" icon={CirclePause}>
      Paused
    </Pill>
  );
}
