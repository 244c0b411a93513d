export const storageLimits = {
  partitionsAheadDays: 3,
  /** How long making a partition waits for the others; the next try comes with the next run. */
  partitionLockMs: 5_000,
  retentionDaysMax: 90,
  retentionDeleteRowsPerBatchMax: 20_000,
  rollupRetentionDays: 400,
  /** How long a day that is over waits for a moment without readers before it is dropped; then the next run tries. */
  dropLockMs: 2_000,
  /** A day is closed this long after its end: rows of its last calls may be stored late. */
  closedAfterMs: 2 * 3_600_000,
  /** Below this, closed days get their text index at any time of day. */
  quietRowsPerSecondMax: 200,
  /** What one index may use of memory while it is made. */
  indexMemoryMiB: 128,
  /** Keeping the order of storing summarized must not wait: it comes again. */
  summaryLockMs: 200,
} as const;
