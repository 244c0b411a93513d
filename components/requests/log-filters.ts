import { createParser, parseAsArrayOf, parseAsStringLiteral } from "nuqs/server";
import type { LogFilter, LogFilterName } from "#lib/client/queries/requests.ts";
import { LEVELS, OUTCOMES, SOURCES } from "./request-values.ts";

/** Longest values that the API takes; anything longer counts as absent. */
export const NAME_CHARACTERS_MAX = 200;
export const SEARCH_CHARACTERS_MAX = 200;
const REQUEST_ID_CHARACTERS_MAX = 64;
const SESSION = /^[0-9a-f]{16}$/;
const DURATION_MS_MAX = 86_400_000;

/** One word or sentence; `""` is none. */
const parseAsText = (isGood: (text: string) => boolean) =>
  createParser({
    parse: (text) => (text !== "" && isGood(text) ? text : null),
    serialize: (text: string) => text,
  }).withDefault("");
const parseAsName = parseAsText((text) => text.length <= NAME_CHARACTERS_MAX);

/** A number of at least 0, written without sign or exponent. */
const parseAsAmount = (isGood: (amount: number) => boolean) =>
  createParser({
    parse: (text) => (/^\d{1,16}(\.\d{1,6})?$/.test(text) && isGood(Number(text)) ? Number(text) : null),
    serialize: (amount: number) => String(amount),
  });
const parseAsDuration = parseAsAmount((ms) => ms <= DURATION_MS_MAX);
const parseAsSize = parseAsAmount(Number.isSafeInteger);

const listFilters = {
  level: parseAsArrayOf(parseAsStringLiteral(LEVELS)).withDefault([]),
  outcome: parseAsArrayOf(parseAsStringLiteral(OUTCOMES)).withDefault([]),
  source: parseAsArrayOf(parseAsStringLiteral(SOURCES)).withDefault([]),
};
const textFilters = {
  tool: parseAsName,
  method: parseAsName,
  client: parseAsName,
  agent: parseAsName,
  endUser: parseAsName,
  gateway: parseAsName,
  region: parseAsName,
  version: parseAsName,
  requestId: parseAsText((text) => text.length <= REQUEST_ID_CHARACTERS_MAX),
  session: parseAsText((text) => SESSION.test(text)),
  q: parseAsText((text) => text.length <= SEARCH_CHARACTERS_MAX),
};
const rangeFilters = {
  /** Milliseconds. */
  durationMin: parseAsDuration,
  durationMax: parseAsDuration,
  requestBytesMin: parseAsSize,
  requestBytesMax: parseAsSize,
  responseBytesMin: parseAsSize,
  responseBytesMax: parseAsSize,
};

/** Everything a log can be filtered by, as the address writes it. */
export const filterSearch = { ...listFilters, ...textFilters, ...rangeFilters } satisfies Record<
  LogFilterName,
  unknown
>;

const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(record) as Key[];
export const LIST_FILTERS = keysOf(listFilters);
export const TEXT_FILTERS = keysOf(textFilters);
export const RANGE_FILTERS = keysOf(rangeFilters);
export const FILTERS: readonly LogFilterName[] = keysOf(filterSearch);

export type LogKind = "requests" | "console";
/** Console lines have fewer sides than requests. */
const CONSOLE_FILTERS: ReadonlySet<LogFilterName> = new Set([
  "level",
  "requestId",
  "session",
  "version",
  "q",
]);
export const appliesTo = (log: LogKind, name: LogFilterName): boolean =>
  log === "requests" || CONSOLE_FILTERS.has(name);

/** The values that the address holds for the filters. */
export type FilterValues = {
  readonly [Name in LogFilterName]: NonNullable<ReturnType<(typeof filterSearch)[Name]["parse"]>> | null;
};

/** The filter as the wire writes it: lists separated by commas, nothing for what is not asked. */
export function filterOf(values: FilterValues, log: LogKind): LogFilter {
  const filter: Partial<Record<LogFilterName, string>> = {};
  for (const name of FILTERS) {
    const value = values[name];
    if (value === null || !appliesTo(log, name)) continue;
    const text = Array.isArray(value) ? value.join(",") : String(value);
    if (text !== "") filter[name] = text;
  }
  return filter;
}

/** No filter at all, for `setSearch`. */
export const EMPTY_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, null])) as Readonly<
  Record<LogFilterName, null>
>;
