export const SORT_DIRECTIONS = ["asc", "desc"] as const;
export type SortDirection = (typeof SORT_DIRECTIONS)[number];

/** What a row is sorted by; null is "not known". */
export type SortKey = string | number | bigint | null;

/** Orders two keys of one kind; what is not known stands last in both directions. */
export function compareKeys(left: SortKey, right: SortKey, direction: SortDirection): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  const sign = direction === "asc" ? 1 : -1;
  return left < right ? -sign : sign;
}
