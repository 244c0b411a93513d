import {
  Ban,
  Check,
  CircleHelp,
  type LucideIcon,
  PauseCircle,
  PowerOff,
  ShieldX,
  Unplug,
} from "lucide-react";
import type { Tone } from "#components/ui/pill.tsx";

interface ReasonLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: LucideIcon;
}

const LOOK: Readonly<Record<string, ReasonLook>> = {
  allowed: { label: "allowed", tone: "ok", icon: Check },
  agent_paused: { label: "agent paused", tone: "warn", icon: PauseCircle },
  server_inactive: { label: "server not active", tone: "warn", icon: PowerOff },
  not_attached: { label: "not attached", tone: "warn", icon: Unplug },
  access_off: { label: "no way in", tone: "warn", icon: ShieldX },
  grant_missing: { label: "no grant", tone: "warn", icon: Ban },
  tools_unknown: { label: "tools unknown", tone: "unknown", icon: CircleHelp },
};

/** How a reason looks; one that this version of the page does not know is shown as it is. */
export function lookOfToolReason(reason: string, isAllowed: boolean): ReasonLook {
  const known = Object.hasOwn(LOOK, reason) ? LOOK[reason] : undefined;
  if (known) return known;
  return {
    label: reason.replaceAll("_", " "),
    tone: isAllowed ? "ok" : "warn",
    icon: isAllowed ? Check : Ban,
  };
}
