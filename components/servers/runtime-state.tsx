import type { Tone } from "#components/ui/pill.tsx";
import { StateDot } from "#components/ui/state-dot.tsx";
import type { RuntimeStatus } from "#lib/contract/index.ts";

const LOOK: Record<RuntimeStatus["state"], { tone: Tone; label: string }> = {
  running: { tone: "ok", label: "Running" },
  starting: { tone: "info", label: "Starting" },
  stopped: { tone: "neutral", label: "Stopped" },
  draining: { tone: "warn", label: "Draining" },
  crash_looping: { tone: "fail", label: "Crash looping" },
  unknown: { tone: "unknown", label: "Unknown" },
};

/** What a runtime is doing, as a dot and a word. */
export function RuntimeState({ state }: { state: RuntimeStatus["state"] }) {
  const { tone, label } = LOOK[state];
  return (
    <span className="inline-flex items-center gap-2">
      <StateDot tone={tone} pulse={state === "starting"} />
      {label}
    </span>
  );
}
