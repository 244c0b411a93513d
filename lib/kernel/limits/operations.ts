/** Publish, activate and their kin. */
export const operationLimits = {
  /** A running operation older than this was left behind by a process that ended. */
  runningMsMax: 120_000,
  /** An operation that nobody took within this time is given up. */
  queuedMsMax: 60_000,
  heartbeatMs: 2_000,
  /** Without a heartbeat for this long its process has ended. */
  silentMs: 15_000,
  /** Between looks for queued operations when no notification comes. */
  pollMs: 2_000,
  /** Of one process of the jobs, as of the trials of an edge, one place more than one organization may hold. */
  concurrentMax: 4,
  concurrentPerOrganizationMax: 3,
  /** How long a version waits to be tried while an edge tries as many as it may. */
  trialRoomMs: 15_000,
  trialRoomPollMs: 250,
  logLinesMax: 200,
  logLineCharactersMax: 2_000,
  /** How long a publish waits for the calls of the version before it. */
  drainMs: 30_000,
  refreshTimeoutMs: 5_000,
  statusTimeoutMs: 3_000,
  listedMax: 200,
} as const;
