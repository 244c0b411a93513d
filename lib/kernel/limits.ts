/**
 * Every bound of the product in one place, with its unit in its name. A queue, buffer, body, wait or retry
 * without an entry here is a defect. Browser-safe.
 */
const KIB = 1024;
const MIB = 1024 * KIB;

export const limits = {
  /** REST and pages. */
  http: {
    bodyBytesMax: 1 * MIB,
    bundleBytesMax: 5 * MIB,
    bundleModulesMax: 200,
    pageSizeMax: 200,
    pageSizeDefault: 50,
    requestTimeoutMs: 60_000,
  },
  /** Sign-in and credentials. */
  auth: {
    sessionSeconds: 8 * 3600,
    passwordBytesMin: 10,
    passwordBytesMax: 512,
    signInAttemptsPerWindowMax: 10,
    signInWindowSeconds: 15 * 60,
    apiTokensPerOrganizationMax: 200,
    apiTokenSecretBytes: 32,
    setupTokenSecretBytes: 24,
  },
  /** The MCP data plane. Plan caps may be lower, never higher. */
  mcp: {
    requestBytesMax: 4 * MIB,
    responseBytesMax: 32 * MIB,
    toolCallDurationMsMax: 120_000,
    headersTimeoutMs: 120_000,
    batchMessagesMax: 50,
    inspectBytesMax: 256 * KIB,
    sseEventBytesMax: 4 * MIB,
    concurrentPerServerMax: 256,
    /** Calls waiting for a lazily starting runtime. */
    startWaitMs: 10_000,
    pendingLegacyCallsMax: 10_000,
    pendingLegacyCallMs: 300_000,
    directorySizeMax: 50_000,
    directoryRefreshMs: 5_000,
  },
  /** The hosting runtime. */
  runtime: {
    readyTimeoutMs: 10_000,
    heapMiBMax: 128,
    residentMiBMax: 512,
    cpuMsMax: 10_000,
    watchdogIntervalMs: 250,
    idleStopMs: 600_000,
    drainMs: 30_000,
    restartDelayMsMin: 50,
    restartDelayMsMax: 30_000,
    crashesBeforeCrashLoop: 5,
    crashWindowMs: 60_000,
    connectionsPerRuntimeMax: 64,
    stdoutLineBytesMax: 64 * KIB,
    stdoutLinesKept: 200,
    stopTimeoutMs: 3_000,
  },
  /** Outbound calls of hosted code. */
  egress: {
    requestBytesMax: 16 * MIB,
    responseBytesMax: 64 * MIB,
    timeoutMs: 60_000,
    connectTimeoutMs: 10_000,
    concurrentPerServerMax: 64,
  },
  /** Console lines: the ten kilobytes, ten viewers, one hundred entries, one second and five minutes are documented promises. */
  logStream: {
    messageBytesMax: 10 * KIB,
    viewersPerServerMax: 10,
    batchEntriesMax: 100,
    batchDelayMsMax: 1_000,
    /** How long the hub waits to fill a batch before it sends what it has. */
    batchDelayMs: 30,
    idleViewerMs: 300_000,
    ringEntriesMax: 10_000,
    ringBytesMax: 8 * MIB,
    viewerBufferedBytesMax: 1 * MIB,
    viewerBlockedMsMax: 15_000,
    viewerRecheckMs: 60_000,
    heartbeatMs: 5_000,
    clientMessageBytesMax: 4 * KIB,
    clientMessagesPerSecondMax: 10,
    errorsExemptPerSecondMax: 200,
    filterTextCharactersMax: 200,
    serversWithRingsMax: 5_000,
  },
  /** Facts on their way to the store. */
  writer: {
    queueRowsMax: 50_000,
    batchRowsMax: 1_000,
    flushMs: 100,
    retryDelayMsMin: 100,
    retryDelayMsMax: 5_000,
    drainMs: 5_000,
  },
  /** The browser's log viewer. */
  viewer: {
    ringLinesMax: 50_000,
    errorRingLinesMax: 2_000,
    reconnectDelayMsMin: 250,
    reconnectDelayMsMax: 10_000,
    summaryMs: 5_000,
  },
  /** Servers and what belongs to them. */
  servers: {
    perOrganizationMax: 1_000,
    versionsPerServerMax: 1_000,
    listedMax: 1_000,
    environmentVariablesMax: 100,
    environmentValueBytesMax: 32 * KIB,
    environmentBytesMax: 128 * KIB,
    moduleNameCharactersMax: 200,
    /** What the modules of a zip may add up to when unpacked. */
    bundleUnpackedBytesMax: 10 * MIB,
  },
  /** Publish, activate and their kin. */
  operations: {
    /** A running operation older than this was left behind by a process that ended. */
    runningMsMax: 120_000,
    verifyTimeoutMs: 60_000,
    refreshTimeoutMs: 5_000,
    statusTimeoutMs: 3_000,
    listedMax: 200,
  },
  /** Smoke tests and checks. */
  checks: {
    smokeTimeoutMs: 20_000,
    toolCallTimeoutMs: 60_000,
    toolsMax: 1_000,
    toolPagesMax: 200,
    storedResultBytesMax: 256 * KIB,
    storedToolsBytesMax: 4 * MIB,
    responseBytesMax: 32 * MIB,
    failureBodyBytesMax: 4 * KIB,
    closeTimeoutMs: 1_000,
    listedMax: 100,
  },
  storage: {
    partitionsAheadDays: 3,
    retentionDaysMax: 90,
    retentionDeleteRowsPerBatchMax: 20_000,
    rollupRetentionDays: 400,
  },
} as const;
