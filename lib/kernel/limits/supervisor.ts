const KIB = 1024;
const MIB = 1024 * KIB;

/** The processes of one installation. */
export const supervisorLimits = {
  /** Of all roles together, from their start to serving. */
  readyMs: 120_000,
  sampleReadyMs: 30_000,
  startFailuresMax: 4,
  restartDelayMsMin: 200,
  restartDelayMsMax: 10_000,
  /** A role that ran this long is healthy: its next failure counts as the first. */
  healthyAfterMs: 30_000,
  /** What each role gets to drain before it is killed. */
  drainMs: { sample: 3_000, edge: 15_000, web: 11_000, jobs: 5_000 },
  killMs: 2_000,
  lastWordsMs: 200,
  /** What the orphans of a killed supervisor get to end by themselves. */
  orphanMs: 16_000,
  portWaitMs: 2_000,
  portPollMs: 100,
  databaseWaitMs: 30_000,
  databasePollMs: 1_000,
  /** Between tries of a new connection to the embedded database. */
  databaseProbeMs: 5_000,
  /** For this long new connections may fail before the operator is told. */
  databaseSilentMs: 10_000,
  secondSignalMs: 1_000,
  logBytesMax: 10 * MIB,
  logFilesMax: 3,
  logLineCharactersMax: 64 * KIB,
  lastLinesKept: 12,
  /** The terminal shows a message of a role once in this time; the files have all. */
  terminalRepeatMs: 30_000,
  terminalLinesRememberedMax: 200,
} as const;
