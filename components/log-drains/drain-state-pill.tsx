import { CircleAlert, CircleCheck, CircleDashed, CirclePause, Hourglass } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import type { LogDrainState } from "#lib/contract/index.ts";

const LOOK = {
  ok: { tone: "ok", icon: CircleCheck, label: "Up to date" },
  waiting: { tone: "unknown", icon: CircleDashed, label: "Waiting" },
  behind: { tone: "warn", icon: Hourglass, label: "Behind" },
  failing: { tone: "fail", icon: CircleAlert, label: "Failing" },
  disabled: { tone: "neutral", icon: CirclePause, label: "Disabled" },
} as const;

/** How a drain is. Waiting: nothing was stored since it was made. */
export function DrainStatePill({ state }: { state: LogDrainState }) {
  const { tone, icon, label } = LOOK[state];
  return (
    <Pill tone={tone} icon={icon}>
      {label}
    </Pill>
  );
}
