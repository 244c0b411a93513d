/** Schedules. */
export const jobLimits = {
  partitionsEveryMs: 3_600_000,
  retentionEveryMs: 600_000,
  textIndexesEveryMs: 300_000,
  summariesEveryMs: 30_000,
  expiredCredentialsEveryMs: 600_000,
  recoverOperationsEveryMs: 5_000,
  plansEveryMs: 60_000,
  forgetNodesEveryMs: 3_600_000,
  retryDelayMsMin: 1_000,
  /** How soon another process takes over from one that died. */
  leadershipPollMs: 5_000,
  leadershipCheckMs: 5_000,
  statementTimeoutMs: 600_000,
} as const;
