import { readSearch, searchText, writeSearch } from "#lib/client/address/search.ts";
import { filterSearch } from "./log-filters.ts";
import { type RequestSearch, requestSearch, type SearchChange } from "./request-search.ts";

const { log, window, from, to, pageSize } = requestSearch;
/** What a saved view keeps: what is asked, not which page or row is open. */
const savedSearch = { ...filterSearch, log, window, from, to, pageSize };

/** The part of the address that a saved view keeps. */
export function savedQueryOf(search: RequestSearch): string {
  const query = new URLSearchParams();
  writeSearch(savedSearch, search, query);
  return searchText(query);
}

/** Shows a saved view: its filters replace all others. What it holds was written by somebody and is read like any address. */
export const changeOfSaved = (query: string): SearchChange => ({
  ...readSearch(savedSearch, new URLSearchParams(query)),
  page: null,
  asOf: null,
  mode: null,
  request: null,
  line: null,
});
