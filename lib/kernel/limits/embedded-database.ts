const MIB = 1024 * 1024;

/** The embedded database server. */
export const embeddedDatabaseLimits = {
  /** Of one start, recovery of the write-ahead log included. */
  startMs: 120_000,
  startAttemptsMax: 10,
  startRetryDelayMs: 300,
  /** How long a start waits for a server that another process is just starting. */
  adoptMs: 60_000,
  /** What a shutdown that somebody else asked for gets to end by itself: it waits for all who are connected. */
  stoppingMs: 5_000,
  stopMs: 10_000,
  /** After the polite stop did not work. */
  stopNowMs: 5_000,
  pingMs: 2_000,
  logBytesMax: 10 * MIB,
  connectionsMax: 100,
} as const;
