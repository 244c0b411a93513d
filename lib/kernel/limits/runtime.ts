/** The hosting runtime. */
export const runtimeLimits = {
  readyTimeoutMs: 10_000,
  heapMiBMax: 128,
  residentMiBMax: 512,
  /** A hard ceiling of the kernel for what grows faster than the poll sees; allocations beyond it fail. */
  dataMiBMax: 896,
  cpuMsMax: 10_000,
  /** Without an answer to the health ping for this long, even with no CPU used. */
  unresponsiveMsMax: 60_000,
  watchdogIntervalMs: 250,
  idleStopMs: 600_000,
  /** What calls of a replaced process get to finish: longer than any call may take. */
  drainMs: 125_000,
  restartDelayMsMin: 50,
  restartDelayMsMax: 30_000,
  crashesBeforeCrashLoop: 5,
  crashWindowMs: 60_000,
  /** Latest crashes of one server that a node remembers. */
  crashesKept: 20,
  /** Latest calls of one server that waited for a runtime to start, as a node remembers them. */
  startWaitsKept: 200,
  connectionsPerRuntimeMax: 256,
  runtimesMax: 256,
  trialsConcurrentMax: 4,
  trialMsMax: 120_000,
  stopTimeoutMs: 3_000,
  bundlesCachedMax: 200,
  moduleNameCharactersMax: 200,
  /** How long a finished request still owns console lines that arrive late. */
  requestAttributionMs: 60_000,
  requestsRememberedMax: 5_000,
} as const;
