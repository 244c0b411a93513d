import { createLoader, createSerializer } from "nuqs/server";
import { filterSearch } from "./log-filters.ts";
import { type RequestSearch, requestSearch, type SearchChange } from "./request-search.ts";

const { log, window, from, to, pageSize } = requestSearch;
/** What a saved view keeps: what is asked, not which page or row is open. */
const savedSearch = { ...filterSearch, log, window, from, to, pageSize };
const serializeSaved = createSerializer(savedSearch);
const loadSaved = createLoader(savedSearch);
const SAVED_NAMES = Object.keys(savedSearch) as (keyof typeof savedSearch)[];

/** The part of the address that a saved view keeps. */
export const savedQueryOf = (search: RequestSearch): string =>
  serializeSaved(Object.fromEntries(SAVED_NAMES.map((name) => [name, search[name]]))).replace(/^\?/, "");

/** Shows a saved view: its filters replace all others. What it holds was written by somebody and is read like any address. */
export const changeOfSaved = (query: string): SearchChange => ({
  ...loadSaved(new URLSearchParams(query)),
  page: null,
  asOf: null,
  mode: null,
  request: null,
  line: null,
});
