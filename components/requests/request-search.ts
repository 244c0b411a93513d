import { PAGE_SIZES } from "#components/ui/page-sizes.ts";
import {
  createParser,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
  type ValuesOf,
} from "#lib/client/address/parsers.ts";
import type { LogWindowView, RequestLogView } from "#lib/client/queries/requests.ts";
import {
  appliesTo,
  EMPTY_FILTERS,
  FILTERS,
  type FilterValues,
  filterOf,
  filterSearch,
} from "./log-filters.ts";
import { parseAsTimestamp } from "./parse-timestamp.ts";

/** Lengths of the windows that end now, in milliseconds; `custom` lies between two times. */
const MINUTE_MS = 60_000;
const WINDOW_MS = {
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "24h": 24 * 60 * MINUTE_MS,
  "7d": 7 * 24 * 60 * MINUTE_MS,
} as const;
const WINDOWS = ["15m", "1h", "24h", "7d", "custom"] as const;
export type LogWindow = (typeof WINDOWS)[number];

const PAGE_SIZE = 50;
const PAGE_MAX = 1_000_000_000;
const parseAsCount = (isGood: (count: number) => boolean) =>
  createParser({
    parse: (text) => {
      const count = parseAsInteger.parse(text);
      return /^\d+$/.test(text) && count !== null && isGood(count) ? count : null;
    },
    serialize: String,
  });

/** Which rows of a log are looked at: the part of the address that every log has. */
export const windowSearch = {
  window: parseAsStringLiteral(WINDOWS).withDefault("24h"),
  from: parseAsTimestamp,
  to: parseAsTimestamp,
  page: parseAsCount((page) => page >= 1 && page <= PAGE_MAX).withDefault(1),
  pageSize: parseAsCount((size) => PAGE_SIZES.some((known) => known === size)).withDefault(PAGE_SIZE),
  asOf: parseAsTimestamp,
};

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

export type RequestSearch = ValuesOf<typeof requestSearch>;
/** What may change in the address. */
export type SearchChange = { readonly [Name in keyof RequestSearch]?: RequestSearch[Name] | null };

interface WindowSearch {
  window: LogWindow;
  from: string | null;
  to: string | null;
  page: number;
  pageSize: number;
  asOf: string | null;
}

/** The rows that the address asks for. */
export const windowViewOf = (search: WindowSearch): LogWindowView => ({
  windowMs: search.window === "custom" ? null : WINDOW_MS[search.window],
  from: search.window === "custom" ? search.from : null,
  to: search.window === "custom" ? search.to : null,
  page: search.page,
  pageSize: search.pageSize,
  asOf: search.asOf,
});

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
