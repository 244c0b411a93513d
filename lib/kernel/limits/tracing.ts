/** Spans on their way to a collector. */
export const tracingLimits = {
  spansQueuedMax: 4_096,
  spansPerBatchMax: 512,
  exportDelayMs: 1_000,
  exportTimeoutMs: 5_000,
  /** Calls under way whose outbound calls wait for them. */
  callsRememberedMax: 10_000,
} as const;
