import type { UsageDimension, UsageGroup, UsageReport } from "#lib/contract/index.ts";
import { OTHER_NAMES } from "#lib/kernel/other-names.ts";

type Filters = Readonly<Partial<Record<UsageDimension, string>>>;

/** What a filter calls a value; null for what cannot be filtered by. */
function filterValue(by: UsageDimension, key: string): string | null {
  if (key === OTHER_NAMES) return null;
  if (key !== "") return key;
  return by === "agent" || by === "client" ? "none" : null;
}

/**
 * Where the calls of a row are: in the request log of their server, in the same window and under the same filters; where they
 * went to several servers, the same page by server. Null for what has no calls of its own.
 */
export function usageRowHref(
  org: string,
  { window, by }: Pick<UsageReport, "window" | "by">,
  group: Pick<UsageGroup, "key" | "serverSlug" | "now">,
  filters: Filters = {},
): string | null {
  if (group.now.calls === 0) return null;
  const value = filterValue(by, group.key);
  if (group.serverSlug !== null) {
    const narrowed = Object.entries({ ...filters, ...(value === null ? {} : { [by]: value }) });
    const search = new URLSearchParams({ window: "custom", ...window, method: "tools/call" });
    for (const [name, wanted] of narrowed)
      if (name !== "server" && wanted !== "none") search.set(name, wanted);
    return `/${org}/servers/${group.serverSlug}/logs?${search}`;
  }
  if (value === null || by === "server") return null;
  const search = new URLSearchParams({ window: "custom", ...window, ...filters, [by]: value, by: "server" });
  return `/${org}/usage?${search}`;
}
