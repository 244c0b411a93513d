const KIB = 1024;

/** The front door: one port for everything. */
export const frontDoorLimits = {
  connectionsMax: 10_000,
  headerBytesMax: 16 * KIB,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 60_000,
  keepAliveMs: 65_000,
  webConnectionsMax: 256,
  webInFlightMax: 512,
  webResponseTimeoutMs: 120_000,
  retryAfterSeconds: 2,
  /** What a peer gets to close its end of a connection that was refused. */
  lingerMs: 1_000,
  readyCheckTimeoutMs: 2_000,
  readyCacheMs: 500,
  drainMs: 1_000,
} as const;
