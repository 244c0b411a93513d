import { createParser, parseAsInteger, parseAsStringLiteral } from "nuqs/server";
import { PAGE_SIZES } from "#components/ui/page-sizes.ts";
import type { LogWindowView } from "#lib/client/queries/requests.ts";
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
