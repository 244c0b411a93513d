import {
  Bot,
  FlaskConical,
  type LucideIcon,
  ScrollText,
  Server as ServerIcon,
  Shield,
  Wallet,
} from "lucide-react";
import type { Diagnosis, Stage } from "#lib/contract/index.ts";

/** The steps of an incident, in the order in which they are looked at. */
export const STAGE_ORDER = [
  "smoke",
  "hosting",
  "logs",
  "gateway",
  "usage_billing",
  "agent_budget",
] as const satisfies readonly Stage[];

interface StageWords {
  readonly label: string;
  /** The question that the step answers. */
  readonly question: string;
  readonly icon: LucideIcon;
}

export const STAGE_WORDS: Readonly<Record<Stage, StageWords>> = {
  smoke: { label: "Smoke", question: "Does it answer tools/list and a call, now?", icon: FlaskConical },
  hosting: {
    label: "Hosting",
    question: "Is it published and healthy, where clients look for it, and what changed?",
    icon: ServerIcon,
  },
  logs: { label: "Server logs", question: "What failed, and what is new about it?", icon: ScrollText },
  gateway: {
    label: "Gateway logs",
    question: "Who was let in, who was refused, and why?",
    icon: Shield,
  },
  usage_billing: {
    label: "Usage and billing",
    question: "Who uses more than before, and is it paid for?",
    icon: Wallet,
  },
  agent_budget: {
    label: "Agent budget",
    question: "May the agent call, and has it anything left to spend?",
    icon: Bot,
  },
};

export type StageResult = Diagnosis["stages"][number];
export type StageStatus = StageResult["status"];

/** Which statuses ask for a look first. */
const URGENCY: readonly StageStatus[] = ["fail", "warn", "unknown"];

/** The step to begin with: the first one that failed, else the first that gives pause, else the first of all. */
export function startingStage(stages: readonly StageResult[]): Stage {
  for (const status of URGENCY) {
    const found = stages.find((stage) => stage.status === status);
    if (found) return found.stage;
  }
  return STAGE_ORDER[0];
}

/** The checks of a step with those that ask for a look first; otherwise in their own order. */
export const mostUrgentFirst = (checks: StageResult["checks"]): StageResult["checks"] => {
  const rankOf = (status: StageStatus) =>
    URGENCY.includes(status) ? URGENCY.indexOf(status) : URGENCY.length;
  return checks.toSorted((left, right) => rankOf(left.status) - rankOf(right.status));
};

/** The step beside another one; null where the order ends. */
export const stageBeside = (stage: Stage, by: 1 | -1): Stage | null =>
  STAGE_ORDER[STAGE_ORDER.indexOf(stage) + by] ?? null;

/** How many checks of a step ended how, in words: `2 failed, 1 not known`. Nothing is left out. */
export function checksText({ checks }: Pick<StageResult, "checks">): string {
  const counted = STATUS_COUNTS.flatMap(([status, word]) => {
    const count = checks.filter((check) => check.status === status).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return counted.length === 0 ? "nothing to check" : counted.join(", ");
}
const STATUS_COUNTS = [
  ["fail", "failed"],
  ["warn", "to look at"],
  ["unknown", "not known"],
  ["pass", "fine"],
  ["skipped", "not needed"],
] as const satisfies readonly (readonly [StageStatus, string])[];
