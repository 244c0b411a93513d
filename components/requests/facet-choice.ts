import type { Facet } from "#lib/contract/index.ts";
import { LIST_FILTERS } from "./log-filters.ts";
import type { RequestSearch, SearchChange } from "./request-search.ts";

/** Whether a side can be asked for several values at once. */
export const takesSeveral = (facet: Facet): facet is (typeof LIST_FILTERS)[number] =>
  LIST_FILTERS.some((name) => name === facet);

/** The values of a side that are asked for now. */
export function chosenOf(search: RequestSearch, facet: Facet): readonly string[] {
  const value = search[facet];
  return typeof value === "string" ? (value === "" ? [] : [value]) : value;
}

/**
 * What a click on a value changes: it is added or taken away, or becomes the only one. Sides that take one value at a
 * time (tool, client and so on) change it.
 */
export function changeByFacet(
  search: RequestSearch,
  facet: Facet,
  value: string,
  how: "toggle" | "only",
): SearchChange {
  const chosen = chosenOf(search, facet);
  const isChosen = chosen.includes(value);
  const others = how === "only" || !takesSeveral(facet) ? [] : chosen.filter((other) => other !== value);
  const next = how === "toggle" && isChosen ? others : [...others, value];
  const written = takesSeveral(facet) ? (next.length > 0 ? next : null) : (next[0] ?? null);
  return { [facet]: written, page: null, asOf: null };
}
