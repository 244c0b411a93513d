import {
  createLoader,
  createParser,
  parseAsArrayOf,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import type { LogWindowView, RequestLogView } from "#lib/client/queries/requests.ts";
import { LEVELS, OUTCOMES, SOURCES } from "./request-values.ts";

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
/** A time as the API takes it; anything else counts as absent. */
const parseAsTimestamp = createParser({
  parse: (text) => {
    const ms = Date.parse(text);
    return /^\d{4}-\d{2}-\d{2}T/.test(text) && Number.isFinite(ms) ? new Date(ms).toISOString() : null;
  },
  serialize: (text: string) => text,
});
const parseAsPage = createParser({
  parse: (text) => {
    const page = parseAsInteger.parse(text);
    return page !== null && page >= 1 && page <= PAGE_MAX ? page : null;
  },
  serialize: String,
});

/** Which rows of a log are looked at: the part of the address that every log has. */
export const windowSearch = {
  window: parseAsStringLiteral(WINDOWS).withDefault("24h"),
  from: parseAsTimestamp,
  to: parseAsTimestamp,
  page: parseAsPage.withDefault(1),
  asOf: parseAsTimestamp,
};

/** The whole state of the page, in its address. */
export const requestSearch = {
  ...windowSearch,
  level: parseAsArrayOf(parseAsStringLiteral(LEVELS)).withDefault([]),
  outcome: parseAsArrayOf(parseAsStringLiteral(OUTCOMES)).withDefault([]),
  source: parseAsArrayOf(parseAsStringLiteral(SOURCES)).withDefault([]),
  tool: parseAsString.withDefault(""),
  request: parseAsString,
};

export const loadRequestSearch = createLoader(requestSearch);
export type RequestSearch = Awaited<ReturnType<typeof loadRequestSearch>>;

interface WindowSearch {
  window: LogWindow;
  from: string | null;
  to: string | null;
  page: number;
  asOf: string | null;
}

/** The rows that the address asks for. */
export const windowViewOf = (search: WindowSearch): LogWindowView => ({
  windowMs: search.window === "custom" ? null : WINDOW_MS[search.window],
  from: search.window === "custom" ? search.from : null,
  to: search.window === "custom" ? search.to : null,
  page: search.page,
  pageSize: PAGE_SIZE,
  asOf: search.asOf,
});

/** What the address asks the API for. */
export const viewOf = (search: Omit<RequestSearch, "request">): RequestLogView => ({
  filter: {
    level: search.level.join(","),
    outcome: search.outcome.join(","),
    source: search.source.join(","),
    tool: search.tool,
  },
  ...windowViewOf(search),
});

/** True when something beside the window narrows the list. */
export const isNarrowed = (search: Pick<RequestSearch, "level" | "outcome" | "source" | "tool">): boolean =>
  search.level.length > 0 || search.outcome.length > 0 || search.source.length > 0 || search.tool !== "";

/** What an empty filter looks like, for `setSearch`. */
export const NO_FILTERS = {
  level: null,
  outcome: null,
  source: null,
  tool: null,
  page: null,
  asOf: null,
} as const;
