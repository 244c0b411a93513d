/** How often open pages ask again. Hidden tabs do not ask. */
export const POLL_MS = {
  /** While an operation runs, in lists. */
  operation: 1_000,
  /** While somebody watches the steps of one operation. */
  steps: 500,
  /** Where a person watches state: Hosting. */
  live: 5_000,
  /** Lists and overviews. */
  page: 15_000,
} as const;
