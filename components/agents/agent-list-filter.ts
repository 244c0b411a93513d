import { compareKeys, type SortDirection, type SortKey } from "#components/ui/sorting.ts";
import type { AgentListItem } from "#lib/contract/index.ts";
import { microsOf } from "#lib/kernel/money.ts";

export const AGENT_SORTS = ["name", "status", "servers", "keys", "calls", "errors", "spent", "last"] as const;
export type AgentSort = (typeof AGENT_SORTS)[number];
export const AGENT_STATUS_FILTERS = ["all", "active", "paused"] as const;
export type AgentStatusFilter = (typeof AGENT_STATUS_FILTERS)[number];

interface ListView {
  text: string;
  status: AgentStatusFilter;
  sort: AgentSort;
  direction: SortDirection;
}

/** What a column is sorted by. */
const KEYS: Record<AgentSort, (agent: AgentListItem) => SortKey> = {
  name: (agent) => agent.name.toLowerCase(),
  status: (agent) => agent.status,
  servers: (agent) => agent.serverCount,
  keys: (agent) => agent.keyCount,
  calls: (agent) => agent.calls24h,
  errors: (agent) => agent.errors24h,
  spent: (agent) => microsOf(agent.spentMicros),
  last: (agent) => agent.lastCallAt,
};

/** The agents that a view shows, in its order. */
export function viewOfAgents(agents: readonly AgentListItem[], view: ListView): AgentListItem[] {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const key = KEYS[view.sort];
  return agents
    .filter((agent) => view.status === "all" || agent.status === view.status)
    .filter((agent) => {
      const haystack = `${agent.name} ${agent.id} ${agent.description}`.toLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .sort(
      (left, right) =>
        compareKeys(key(left), key(right), view.direction) || compareKeys(left.id, right.id, "asc"),
    );
}
