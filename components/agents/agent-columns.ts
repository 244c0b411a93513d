import type { SortDirection } from "#components/ui/sorting.ts";
import type { AgentSort } from "./agent-list-filter.ts";

interface AgentColumn {
  sort: AgentSort;
  label: string;
  numeric?: boolean;
  /** Shown from medium or from wide screens on. */
  from?: "medium" | "wide";
  /** The direction of the first click; ascending unless told otherwise. */
  first?: SortDirection;
}

/** The columns of the list of agents. */
export const AGENT_COLUMNS: readonly AgentColumn[] = [
  { sort: "name", label: "Agent" },
  { sort: "status", label: "Status" },
  { sort: "servers", label: "Servers", numeric: true, from: "wide", first: "desc" },
  { sort: "keys", label: "Keys", numeric: true, from: "wide", first: "desc" },
  { sort: "calls", label: "Calls, 24 h", numeric: true, from: "medium", first: "desc" },
  { sort: "errors", label: "Errors, 24 h", numeric: true, from: "medium", first: "desc" },
  { sort: "spent", label: "Spent this month", from: "medium", first: "desc" },
  { sort: "last", label: "Last call", from: "wide", first: "desc" },
];

export const shownFrom = ({ from }: Pick<AgentColumn, "from">): string | undefined => {
  if (from === "wide") return "hidden lg:table-cell";
  return from === "medium" ? "hidden sm:table-cell" : undefined;
};
