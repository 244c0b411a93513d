import {
  ChartNoAxesCombined,
  CircleSlash,
  Coins,
  Globe,
  Hourglass,
  KeyRound,
  ListX,
  type LucideIcon,
  Unplug,
} from "lucide-react";
import type { Symptom } from "#lib/contract/index.ts";

interface SymptomWords {
  /** What somebody would say on the phone. */
  readonly label: string;
  /** What is looked at first. */
  readonly looksAt: string;
  readonly icon: LucideIcon;
}

/** What people see when something is wrong, in their words. */
export const SYMPTOM_WORDS: Readonly<Record<Symptom, SymptomWords>> = {
  agent_fails: {
    label: "Smoke passes, but an agent cannot use a tool",
    looksAt: "Attachment, grants, budget, schemas, the list it saw last",
    icon: Unplug,
  },
  call_fails: {
    label: "Tools are listed, but calling one fails",
    looksAt: "The way of a call to the upstream, caps, the tool's own code",
    icon: CircleSlash,
  },
  auth_burst: {
    label: "Many calls are refused: 401 or 403",
    looksAt: "Causes of the refusals, keys that ended, clocks, audiences",
    icon: KeyRound,
  },
  slow: {
    label: "Calls are slow",
    looksAt: "Time by hop, cold starts, large payloads, queues",
    icon: Hourglass,
  },
  empty_logs: {
    label: "The server's logs are empty",
    looksAt: "The URL in use, the gateway's count, the log pipeline, retention",
    icon: ListX,
  },
  one_region_or_version: {
    label: "Only one region or version is affected",
    looksAt: "Regions, versions, the newest deployment",
    icon: Globe,
  },
  usage_spike: {
    label: "Usage went up suddenly",
    looksAt: "Clients, agents, embeds, loops and retries, against the time before",
    icon: ChartNoAxesCombined,
  },
  credits_drop: {
    label: "Credits drop without a change in code",
    looksAt: "Debits by kind and agent, prices, expiry, refunds",
    icon: Coins,
  },
};

export const SYMPTOM_ORDER = [
  "agent_fails",
  "call_fails",
  "auth_burst",
  "slow",
  "empty_logs",
  "one_region_or_version",
  "usage_spike",
  "credits_drop",
] as const satisfies readonly Symptom[];

/** Symptoms that are about money and use of everything; they need no server. */
export const NEEDS_NO_SERVER: ReadonlySet<Symptom> = new Set(["usage_spike", "credits_drop"]);
