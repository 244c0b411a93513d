import { CircleDashed, CirclePause, CirclePlay } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import type { ServerStatus } from "#lib/contract/index.ts";

const LOOK = {
  active: { tone: "ok", icon: CirclePlay, label: "Active" },
  inactive: { tone: "neutral", icon: CirclePause, label: "Inactive" },
  draft: { tone: "unknown", icon: CircleDashed, label: "Draft" },
} as const;

/** Whether a server takes traffic: active, inactive, or draft (never published). */
export function ServerStatusPill({ status }: { status: ServerStatus }) {
  const { tone, icon, label } = LOOK[status];
  return (
    <Pill tone={tone} icon={icon}>
      {label}
    </Pill>
  );
}
