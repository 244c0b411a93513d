import type { SortDirection } from "#components/ui/sorting.ts";
import type { ServerSort } from "./server-list-filter.ts";

interface ServerColumn {
  sort: ServerSort;
  label: string;
  numeric?: boolean;
  /** Shown only where there is room for it. */
  wide?: boolean;
  /** The direction of the first click; ascending unless told otherwise. */
  first?: SortDirection;
}

/** The columns of the list of servers. */
export const SERVER_COLUMNS: readonly ServerColumn[] = [
  { sort: "name", label: "Server" },
  { sort: "status", label: "Status" },
  { sort: "version", label: "Version", wide: true, first: "desc" },
  { sort: "calls", label: "Calls, 24 h", numeric: true, wide: true, first: "desc" },
  { sort: "errors", label: "Errors", numeric: true, wide: true, first: "desc" },
  { sort: "p95", label: "p95", numeric: true, wide: true, first: "desc" },
  { sort: "smoke", label: "Last smoke", wide: true, first: "asc" },
];
