import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { RequestLogView } from "#lib/client/queries/requests.ts";
import {
  appliesTo,
  EMPTY_FILTERS,
  FILTERS,
  type FilterValues,
  filterOf,
  filterSearch,
} from "./log-filters.ts";
import { windowSearch, windowViewOf } from "./window-search.ts";

/** The whole state of the page, in its address. */
export const requestSearch = {
  ...windowSearch,
  ...filterSearch,
  log: parseAsStringLiteral(["requests", "console"] as const).withDefault("requests"),
  mode: parseAsStringLiteral(["history", "live"] as const).withDefault("history"),
  /** The request that is open in the drawer. */
  request: parseAsString,
  /** The console line that is open: `epoch.seq.timestampMs`. */
  line: parseAsString,
};

export type RequestSearch = inferParserType<typeof requestSearch>;
/** What may change in the address. */
export type SearchChange = { readonly [Name in keyof RequestSearch]?: RequestSearch[Name] | null };

type ViewSearch = Omit<RequestSearch, "request" | "line">;

/** What the address asks the API for. Live is always the first page, as it is now. */
export const viewOf = (search: ViewSearch): RequestLogView => ({
  log: search.log,
  filter: filterOf(search, search.log),
  ...windowViewOf(search.mode === "live" ? { ...search, page: 1, asOf: null } : search),
});

/** True when something beside the window narrows the list. */
export const isNarrowed = (search: FilterValues & Pick<RequestSearch, "log">): boolean =>
  Object.keys(filterOf(search, search.log)).length > 0;

/** What an empty filter looks like, for `setSearch`. */
export const NO_FILTERS = { ...EMPTY_FILTERS, page: null, asOf: null } as const;

/**
 * Names in an address whose values could not be used, wholly or in part, or that say nothing about the log or the
 * window that is shown; they count as absent.
 */
export function unusedNames(address: URLSearchParams, log: RequestSearch["log"]): string[] {
  const isUnread = ([name, parser]: [string, { parse: (text: string) => unknown }]): boolean => {
    const text = address.get(name);
    if (text === null) return false;
    const value = parser.parse(text);
    return value === null || (Array.isArray(value) && value.length < text.split(",").length);
  };
  const unread = Object.entries(requestSearch).filter(isUnread);
  const foreign = FILTERS.filter((name) => address.has(name) && !appliesTo(log, name));
  const isCustom = address.get("window") === "custom";
  const bounds = isCustom ? [] : ["from", "to"].filter((name) => address.has(name));
  return [...new Set([...unread.map(([name]) => name), ...foreign, ...bounds])];
}
