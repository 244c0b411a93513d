/** How often open pages ask again. Hidden tabs do not ask. */
export const POLL_MS = {
  /** While an operation runs. */
  operation: 1_000,
  /** Where a person watches state: Hosting. */
  live: 5_000,
  /** Lists and overviews. */
  page: 15_000,
} as const;
