import { CircleCheck, CircleDot, GitMerge, Search } from "lucide-react";
import { Pill } from "#components/ui/pill.tsx";
import type { IncidentStatus } from "#lib/contract/index.ts";

const LOOK = {
  open: { tone: "warn", icon: CircleDot },
  investigating: { tone: "info", icon: Search },
  resolved: { tone: "ok", icon: CircleCheck },
  merged: { tone: "neutral", icon: GitMerge },
} as const;

/** Whether somebody must look, somebody looks, or it is over. */
export function IncidentStatusPill({ status }: { status: IncidentStatus }) {
  const { tone, icon } = LOOK[status];
  return (
    <Pill tone={tone} icon={icon}>
      {status}
    </Pill>
  );
}
