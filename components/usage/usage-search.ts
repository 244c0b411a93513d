import { createLoader, createParser, type inferParserType, parseAsStringLiteral } from "nuqs/server";
import { parseAsTimestamp } from "#components/requests/parse-timestamp.ts";
import { OUTCOMES, SOURCES } from "#components/requests/request-values.ts";
import type { UsageView } from "#lib/client/queries/usage.ts";
import type { UsageDimension } from "#lib/contract/index.ts";

export const DIMENSIONS = [
  "server",
  "tool",
  "agent",
  "client",
  "source",
  "region",
  "outcome",
] as const satisfies readonly UsageDimension[];
export const COMPARISONS = ["previous", "day", "week", "none"] as const;
const WINDOWS = ["24h", "7d", "30d", "90d", "custom"] as const;
export type UsageWindow = (typeof WINDOWS)[number];

const DAY_MS = 86_400_000;
const WINDOW_MS: Readonly<Record<UsageWindow, number | null>> = {
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
  "90d": 90 * DAY_MS,
  custom: null,
};

const NAME_CHARACTERS_MAX = 200;
const parseAsName = createParser({
  parse: (text) => (text !== "" && text.length <= NAME_CHARACTERS_MAX ? text : null),
  serialize: (text: string) => text,
});

/** The whole state of the page, in its address. */
export const usageSearch = {
  window: parseAsStringLiteral(WINDOWS).withDefault("24h"),
  from: parseAsTimestamp,
  to: parseAsTimestamp,
  by: parseAsStringLiteral(DIMENSIONS).withDefault("server"),
  compare: parseAsStringLiteral(COMPARISONS).withDefault("previous"),
  server: parseAsName,
  tool: parseAsName,
  agent: parseAsName,
  client: parseAsName,
  source: parseAsStringLiteral(SOURCES),
  region: parseAsName,
  outcome: parseAsStringLiteral(OUTCOMES),
};
export const loadUsageSearch = createLoader(usageSearch);
export type UsageSearch = inferParserType<typeof usageSearch>;

/** What an address without filters looks like, for `setSearch`. */
export const NO_FILTERS = {
  server: null,
  tool: null,
  agent: null,
  client: null,
  source: null,
  region: null,
  outcome: null,
} as const satisfies Record<UsageDimension, null>;

export type UsageFilters = { readonly [Name in UsageDimension]?: NonNullable<UsageSearch[Name]> };

/** What narrows the use that is shown. */
export const filtersOf = (search: UsageSearch): UsageFilters =>
  Object.fromEntries(
    DIMENSIONS.flatMap((name) => (search[name] === null ? [] : [[name, search[name]]])),
  ) as UsageFilters;

/** What the address asks the API for. */
export const viewOf = (search: UsageSearch): UsageView => ({
  windowMs: WINDOW_MS[search.window],
  from: search.window === "custom" ? search.from : null,
  to: search.window === "custom" ? search.to : null,
  by: search.by,
  compare: search.compare,
  ...filtersOf(search),
});
