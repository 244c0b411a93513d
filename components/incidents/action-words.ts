import {
  CirclePause,
  CirclePlay,
  FlaskConical,
  KeyRound,
  type LucideIcon,
  RotateCcw,
  RotateCw,
  Wallet,
} from "lucide-react";
import type { ActionName, Scope } from "#lib/contract/index.ts";

interface ActionWords {
  readonly icon: LucideIcon;
  /** What will change in the world, and what will not. */
  readonly consequence: string;
  /** What the button of the question says. */
  readonly confirm: string;
  readonly danger: boolean;
  /** One of these is needed besides working on incidents; the API decides. */
  readonly scopes: readonly Scope[];
}

/** What may be done from an incident, in words. */
export const ACTION_WORDS: Readonly<Record<ActionName, ActionWords>> = {
  run_smoke: {
    icon: FlaskConical,
    consequence: "A real MCP session lists the tools now. Nothing is changed; the result is kept as a check.",
    confirm: "Run smoke",
    danger: false,
    scopes: ["checks:run"],
  },
  roll_back: {
    icon: RotateCcw,
    consequence:
      "The earlier version starts and passes the release gate first; then new calls go to it. Calls in flight finish, and the version that serves now stays stored.",
    confirm: "Roll back",
    danger: false,
    scopes: ["deployments:write"],
  },
  restart: {
    icon: RotateCw,
    consequence:
      "A fresh runtime takes over; calls in flight finish on the old one. What the code kept in memory is gone.",
    confirm: "Restart",
    danger: false,
    scopes: ["deployments:write"],
  },
  pause_agent: {
    icon: CirclePause,
    consequence:
      "Every call of it is denied within two seconds, with words that say so. Keys, servers and budgets stay.",
    confirm: "Pause agent",
    danger: true,
    scopes: ["agents:write"],
  },
  resume_agent: {
    icon: CirclePlay,
    consequence: "Its calls are let through again, as its servers, grants and budgets allow.",
    confirm: "Resume agent",
    danger: false,
    scopes: ["agents:write"],
  },
  raise_budget: {
    icon: Wallet,
    consequence: "It holds for every call within two seconds, until somebody changes it again.",
    confirm: "Set the new cap",
    danger: false,
    scopes: ["budgets:write"],
  },
  rotate_key: {
    icon: KeyRound,
    consequence:
      "A new key is made, and shown once. Put it in place; how long the old one still works is told with it.",
    confirm: "Make the new key",
    danger: false,
    scopes: ["agents:write", "gateways:write", "servers:write"],
  },
};

/** Why somebody may not do it, or null when they may. */
export function refusalOf(action: ActionName, can: (scope: Scope) => boolean): string | null {
  if (!can("incidents:write")) return "Acting on incidents needs the role developer, admin or owner.";
  const { scopes } = ACTION_WORDS[action];
  return scopes.some(can) ? null : `Your role lacks ${scopes.join(" or ")}; ask an admin or owner.`;
}
