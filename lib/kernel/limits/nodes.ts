/** The edges of an installation. */
export const nodeLimits = {
  heartbeatMs: 5_000,
  /** How long the end of an edge waits to be written down. */
  stopTimeoutMs: 1_000,
  /** Without a heartbeat for this long an edge counts as silent. */
  silentMs: 20_000,
  /** A silent edge is named as `unknown` for this long; then nobody expects it back. */
  expectedMs: 600_000,
  /** How long other processes reuse the list of edges. */
  listMs: 1_000,
  /** A list that takes longer is taken from memory: the database is away. */
  listTimeoutMs: 1_000,
  /** A silent edge is forgotten after this long. */
  forgetMs: 7 * 24 * 3_600_000,
  max: 100,
} as const;
