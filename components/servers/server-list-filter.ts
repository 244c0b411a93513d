import { compareKeys, type SortDirection, type SortKey } from "#components/ui/sorting.ts";
import type { ServerListItem } from "#lib/contract/index.ts";

export const SERVER_SORTS = ["name", "status", "version", "calls", "errors", "p95", "smoke"] as const;
export type ServerSort = (typeof SERVER_SORTS)[number];
export const SERVER_STATUS_FILTERS = ["all", "active", "inactive", "draft"] as const;
export type ServerStatusFilter = (typeof SERVER_STATUS_FILTERS)[number];

interface ListView {
  text: string;
  status: ServerStatusFilter;
  sort: ServerSort;
  direction: SortDirection;
}

/** What a column is sorted by. */
const KEYS: Record<ServerSort, (server: ServerListItem) => SortKey> = {
  name: (server) => server.name.toLowerCase(),
  status: (server) => server.status,
  version: (server) => server.activeVersion?.publishedAt ?? null,
  calls: (server) => server.calls24h,
  errors: (server) => server.errorRate24h,
  p95: (server) => server.p95Ms24h,
  smoke: (server) => (server.lastSmoke === null ? null : `${server.lastSmoke.status}${server.lastSmoke.at}`),
};

/** The servers that a view shows, in its order. */
export function viewOfServers(servers: readonly ServerListItem[], view: ListView): ServerListItem[] {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  const key = KEYS[view.sort];
  return servers
    .filter((server) => view.status === "all" || server.status === view.status)
    .filter((server) => {
      const haystack = `${server.name} ${server.slug} ${server.id} ${server.description}`.toLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .sort(
      (left, right) =>
        compareKeys(key(left), key(right), view.direction) || compareKeys(left.slug, right.slug, "asc"),
    );
}
