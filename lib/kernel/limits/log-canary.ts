/** The edge's own log canary. */
export const logCanaryLimits = {
  everyMs: 60_000,
  /** The first one, so that a new edge soon knows. */
  firstAfterMs: 3_000,
  /** Of one round: enough to see their order. */
  linesPerRound: 5,
  /** Between looks into the store for what a round wrote. */
  storePollMs: 100,
  /** What it wrote is deleted after this. */
  keptMs: 3_600_000,
  /** A line that takes longer is late. */
  lateMs: 2_000,
  /** A line that takes longer is lost. */
  lostMs: 20_000,
  /** A finding older than this is stale. */
  staleMs: 180_000,
} as const;
