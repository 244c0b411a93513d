/**
 * Every bound of the product in one place, with its unit in its name. A queue, buffer, body, wait or retry
 * without an entry here is a defect. Browser-safe.
 */
const KIB = 1024;
const MIB = 1024 * KIB;

// What the browser uses stands alone, so that a page loads these numbers and not all of them.

/** REST and pages. */
export const httpLimits = {
  bodyBytesMax: 1 * MIB,
  /** As uploaded, and again unpacked. */
  bundleBytesMax: 5 * MIB,
  bundleModulesMax: 200,
  pageSizeMax: 200,
  pageSizeDefault: 50,
  /** Totals of filtered pages are counted up to here and then marked as capped. */
  pageTotalMax: 10_000,
  /** Deepest row that `page` reaches where pages are counted by offset; a cursor goes on. */
  pageOffsetMax: 100_000,
  /** Longer than the longest thing a route may wait for (`checks.toolCallTimeoutMs`). */
  requestTimeoutMs: 90_000,
  jsonDepthMax: 64,
  signInBodyBytesMax: 16 * KIB,
  urlBytesMax: 8 * KIB,
  /** Requests of one actor, and of one address without credentials, per window; a full bucket may be spent at once. */
  rateWindowSeconds: 60,
  requestsPerActorMax: 1_200,
  requestsPerAddressMax: 240,
  /** Actors and addresses remembered by one process; the longest unseen is forgotten first. */
  rateKeysMax: 20_000,
  drainMs: 10_000,
  /** An idle connection of the edge stays open longer than the edge keeps it. */
  keepAliveMs: 75_000,
} as const;

/** Sign-in and credentials. */
export const authLimits = {
  sessionSeconds: 8 * 3600,
  passwordBytesMin: 10,
  passwordBytesMax: 512,
  signInAttemptsPerWindowMax: 10,
  signInWindowSeconds: 15 * 60,
  apiTokensPerOrganizationMax: 200,
  organizationsPerOwnerMax: 50,
  membersPerOrganizationMax: 1_000,
  invitationsPerOrganizationMax: 200,
  apiTokenSecretBytes: 32,
  /** A token's last use is written at most this often. */
  apiTokenLastUsedMs: 60_000,
  oneTimeTokenSecretBytes: 24,
  setupTokenSeconds: 24 * 3600,
  invitationSeconds: 7 * 24 * 3600,
  /** Password hashes computed at once in one process; each takes 32 MiB and a thread. */
  passwordHashesAtOnceMax: 2,
  passwordHashesWaitingMax: 100,
} as const;

/** Console lines: the ten kilobytes, ten viewers, one hundred entries, one second and five minutes are documented promises. */
export const logStreamLimits = {
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
  /** All rings of one process together; the longest silent ring without a viewer goes first. */
  ringsBytesMax: 256 * MIB,
  /** A line's own time counts when it is at most this much older or newer than now; else now counts. */
  lineAgeMsMax: 3_600_000,
  lineAheadMsMax: 60_000,
  /** A slow viewer is caught up again when less than this is buffered; a replay pauses above it. */
  viewerDrainedBytesMax: 256 * KIB,
  /** Less than this much progress counts as none when a viewer is blocked. */
  viewerProgressBytesMin: 64 * KIB,
  /** Errors kept for a slow viewer. */
  viewerErrorsMax: 2_000,
  viewerErrorBytesMax: 4 * MIB,
  /** Entries replayed at once before other work gets its turn. */
  replayEntriesPerTurnMax: 2_000,
  pingMs: 20_000,
  /** A peer that leaves a ping unanswered for this long is dead. A slow one gets it behind up to 1 MiB of lines. */
  pongMsMax: 40_000,
  handshakesPendingMax: 256,
  authorizeMsMax: 10_000,
  /** After a close frame the socket gets this long before it is cut. */
  closeMsMax: 5_000,
  /** Values of environment variables at least this long are redacted from the lines of their server. */
  secretCharactersMin: 8,
  secretsPerServerMax: 500,
  /** How far behind the cut a line is still searched for secrets, so that none is cut in half. */
  redactAheadCharactersMax: 4 * KIB,
} as const;

/** The browser's log viewer. */
export const viewerLimits = {
  ringLinesMax: 50_000,
  errorRingLinesMax: 2_000,
  reconnectDelayMsMin: 250,
  reconnectDelayMsMax: 10_000,
  summaryMs: 5_000,
  /** Lines of the server's ring that a fresh viewer asks for, so that it opens with context. */
  backfillLinesMax: 1_000,
  /** Entries held aside while a hole before them is being asked for again. */
  stashEntriesMax: 10_000,
  /** Entries received but not yet taken over by a frame; more are taken over at once. */
  pendingEntriesMax: 20_000,
  /** Lines taken over in one animation frame from which on the next frame is left free. */
  linesPerFrameMax: 40,
  /** Without any frame for this long the connection counts as dead: three heartbeats. */
  silenceMsMax: 16_000,
  /** A connection that lived at least this long starts its next backoff from the beginning. */
  stableConnectionMs: 5_000,
  /** How long text stays in the filter field before it is sent. */
  filterDelayMs: 250,
  /** One step of a regular expression search; a pattern that needs longer is given up. */
  findBudgetMs: 250,
  findPatternCharactersMax: 200,
  /** Loading the worker that runs regular expressions. */
  findWorkerStartMs: 5_000,
  findChunkLinesMax: 2_000,
  findRangesPerLineMax: 50,
  /** Characters of one line that are painted before it is opened. */
  paintedCharactersMax: 2_000,
  /** Screen lines of one wrapped row; 50,000 rows stay below the browser's largest element. */
  wrappedLinesMax: 16,
  expandedRowsMax: 50,
  /** Own activity is told to the server at most this often, so that it does not close an attended viewer. */
  activityPingMs: 60_000,
} as const;

/** Access profiles, and what callers may take through them. */
export const gatewayLimits = {
  perOrganizationMax: 200,
  serversPerGatewayMax: 200,
  keysPerGatewayMax: 1_000,
  keysPerServerMax: 100,
  grantsPerGatewayMax: 1_000,
  patternsPerGrantMax: 100,
  scopesMax: 50,
  keySecretBytes: 32,
  /** Bytes of randomness in a public id. */
  publicIdBytes: 15,
  callsPerMinuteMax: 1_000_000,
  concurrentMax: 1_000,
  listedMax: 1_000,
  /** A revoked key is remembered this long, so that its holder is told that it was revoked. */
  revokedKeysKeptMs: 30 * 24 * 3_600_000,
  keyLastUsedMs: 60_000,
  /** What one edge knows, over all organizations. */
  directoryGatewaysMax: 50_000,
  directoryGrantsMax: 200_000,
  directoryKeysMax: 200_000,
  /** Keys that were used and whose use is not written yet. */
  keyUsesWaitingMax: 10_000,
  /** Longest credential that is looked at. */
  credentialCharactersMax: 16_384,
  /** Of a verified token: how long its verification is reused, at most until it expires. */
  tokenMemoryMsMax: 60_000,
  tokensRememberedMax: 20_000,
  clockSkewSeconds: 60,
  /** Of metadata documents and key sets of authorization servers. */
  issuerTimeoutMs: 5_000,
  issuerResponseBytesMax: 256 * KIB,
  issuersRememberedMax: 1_000,
  keySetAgeMsMax: 600_000,
  /** Between two reads of a key set because a token names a key that is not in it. */
  keySetCooldownMs: 30_000,
  /** Between two tries to reach an authorization server whose keys were never read. */
  issuerRetryMs: 5_000,
  /** Of the metadata document that tells clients where to sign in. */
  metadataCacheSeconds: 60,
  /** Keys that are tried on a token that does not say which one signed it. */
  keysTriedMax: 10,
  /** A longer name matches no tool pattern with a star inside. */
  matchedNameCharactersMax: 1_024,
  /** Counters of callers; the longest unused is forgotten first. */
  rateCountersMax: 100_000,
  /** A shared counter that does not answer in time does not hold up a call: the local one decides. */
  sharedCounterTimeoutMs: 50,
  sharedCounterConnectTimeoutMs: 5_000,
  sharedCounterRetryMsMax: 5_000,
  /** A list of tools is held back whole up to this size to take out what the caller may not see. */
  filteredListBytesMax: 4 * MIB,
  explanationCharactersMax: 2_000,
  /** Tools that popular clients show at most; the doctor warns above. */
  clientToolsMax: 128,
  doctorTimeoutMs: 30_000,
  doctorServersAtOnceMax: 4,
} as const;

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
  concurrentMax: 4,
  logLinesMax: 200,
  logLineCharactersMax: 2_000,
  /** How long a publish waits for the calls of the version before it. */
  drainMs: 30_000,
  refreshTimeoutMs: 5_000,
  statusTimeoutMs: 3_000,
  listedMax: 200,
} as const;

export const limits = {
  http: httpLimits,
  auth: authLimits,
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
    pendingCheckMs: 1_000,
    directorySizeMax: 50_000,
    directoryRefreshMs: 5_000,
    /** Between tries to listen for configuration changes. */
    listenRetryMs: 1_000,
    /** How old the directory may be before the edge calls itself not ready. */
    directoryStaleMs: 600_000,
    /** How long a request body may take to arrive. */
    requestBodyTimeoutMs: 30_000,
    /** What is read and thrown away after a body was refused, so that the client can read the answer. */
    discardBytesMax: 1 * MIB,
    discardMs: 2_000,
    /** How late a deadline of a call or a body may be noticed. */
    deadlineCheckMs: 100,
    /** Open GET and listen streams of one server. */
    streamsPerServerMax: 256,
    /** How long a broken call waits to learn why its runtime died. */
    exitReasonWaitMs: 200,
    sessionsRememberedMax: 10_000,
    /** A legacy session that nobody used for this long no longer holds on to the version that opened it. */
    sessionPinMs: 1_800_000,
    /** Of a session id as clients hold it: the server's own id, sealed together with what it belongs to. */
    sessionIdCharactersMax: 4_096,
    upstreamSessionIdCharactersMax: 2_048,
    /** Versions, besides the active ones, that the edge knows by URL or session. */
    pinnedVersionsRememberedMax: 10_000,
    upstreamConnectTimeoutMs: 10_000,
    upstreamConnectionsPerServerMax: 256,
    nameCharactersMax: 200,
    errorCharactersMax: 1_000,
    /** These two and the writers' drain fit into what the supervisor gives the edge. */
    drainMs: 4_000,
  },
  /** The front door: one port for everything. */
  frontDoor: {
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
  },
  /** The edge's control socket. */
  control: {
    requestBytesMax: 64 * MIB,
    /** A report with all tools of a version, or the answer of its canary. */
    responseBytesMax: 16 * MIB,
    /** Starting a trial, and one question to it, which has its own shorter limit. */
    trialTimeoutMs: 45_000,
    /** Beyond the time that the caller gives. */
    drainGraceMs: 2_000,
    restartTimeoutMs: 30_000,
    refreshTimeoutMs: 10_000,
    statusTimeoutMs: 2_000,
    /** Of what a refused bundle wrote, this much is told with the refusal. */
    errorLinesMax: 3,
    errorLineCharactersMax: 300,
  },
  /** The hosting runtime. */
  runtime: {
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
  },
  /** Console lines on their way from a runtime to the sink. */
  console: {
    /** Cut inside the runtime, so that a giant line never leaves it. Above the documented ten kilobytes. */
    lineCharactersMax: 16 * KIB,
    /** Per turn of the runtime's event loop, with 256 for each line: half of what its own queue takes. */
    burstCharactersMax: 2 * MIB,
    /** Per request inside the runtime; what exceeds it is counted, not kept. */
    bufferedLinesPerRequestMax: 20_000,
    bufferedCharactersPerRequestMax: 4 * MIB,
    batchLinesMax: 500,
    batchCharactersMax: 256 * KIB,
    batchDelayMs: 5,
    postBytesMax: 2 * MIB,
    postsConcurrentPerRuntimeMax: 64,
    linesPerSecondPerRuntimeMax: 20_000,
    /** Lines that only stdout has seen after this long are shown from there. */
    recoverAfterMs: 1_000,
    /** Lines that neither way has brought after this long are counted as lost. */
    lostAfterMs: 3_000,
    stdoutLineBytesMax: 128 * KIB,
    stdoutLinesKept: 200,
    recoveredLinesRememberedMax: 1_000,
    systemLinesKept: 50,
    /** Between notices of shed lines. */
    shedNoticeMs: 1_000,
  },
  /** Outbound calls of hosted code. */
  egress: {
    requestBytesMax: 16 * MIB,
    responseBytesMax: 64 * MIB,
    timeoutMs: 60_000,
    connectTimeoutMs: 10_000,
    concurrentPerServerMax: 64,
    urlCharactersMax: 8 * KIB,
  },
  logStream: logStreamLimits,
  /** Facts on their way to the store. */
  writer: {
    queueRowsMax: 50_000,
    queueBytesMax: 64 * MIB,
    batchRowsMax: 1_000,
    flushMs: 100,
    /** A write without an answer for this long is tried again; a batch counts once however often it is sent. */
    attemptMsMax: 40_000,
    retryDelayMsMin: 100,
    retryDelayMsMax: 5_000,
    drainMs: 5_000,
    /** How often a server is told, in its own log stream, how many of its lines were not stored. */
    noticeMs: 10_000,
  },
  /** The request log. */
  requests: {
    nameCharactersMax: 200,
    errorCharactersMax: 1_000,
    principalCharactersMax: 300,
    explanationCharactersMax: 4_000,
    /** Distinct tools of one server that the rollups name; the others are counted together. */
    rollupToolsPerServerMax: 500,
    rollupServersMax: 10_000,
    /** Totals are exact where the rollups know them, and stop here elsewhere. */
    totalMax: 10_000,
    /** Rows that a page may skip where the rollups cannot lead to it; a cursor goes further. */
    offsetRowsMax: 100_000,
    consoleLinesPerRequestMax: 1_000,
    rowsPerRequestMax: 500,
    tailLinesMax: 1_000,
    /** How long the store remembers that a batch was written: far longer than any writer retries. */
    batchMemoryMs: 24 * 3_600_000,
  },
  viewer: viewerLimits,
  /** Servers and what belongs to them. */
  servers: {
    perOrganizationMax: 1_000,
    versionsPerServerMax: 1_000,
    listedMax: 1_000,
    environmentVariablesMax: 100,
    environmentValueBytesMax: 32 * KIB,
    environmentBytesMax: 128 * KIB,
    upstreamHeadersMax: 20,
    /** How long the slug of a deleted server stays closed to other organizations: its URL is still in clients. */
    slugCoolingOffMs: 7 * 24 * 3_600_000,
    moduleNameCharactersMax: 200,
  },
  gateways: gatewayLimits,
  /** The edges of an installation. */
  nodes: {
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
  },
  operations: operationLimits,
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
    /** Of one server's check policy, as JSON. */
    policyBytesMax: 64 * KIB,
    canarySecondsMin: 30,
    canarySecondsMax: 86_400,
    /** Between looks for canaries that are due. */
    canaryPollMs: 5_000,
    canariesConcurrentMax: 4,
    canariesLookedAtMax: 50,
    canaryTimeoutMs: 60_000,
    /** What a failed canary answered is kept up to this size. */
    canaryResultBytesMax: 16 * KIB,
    canaryDaysMax: 30,
    hostingStepTimeoutMs: 15_000,
    /** Of a whole hosting check on one edge; what is not done by then has failed. */
    hostingCheckMs: 55_000,
    /** How long our other processes wait for it. */
    hostingCheckTimeoutMs: 60_000,
    /** Hosting checks that one edge runs at once. */
    hostingChecksAtOnceMax: 8,
    stepTextCharactersMax: 1_000,
    /** A runtime that ended within this time is warned about although it runs again. */
    recentCrashMs: 600_000,
    /** Hosting checks among which the last one of each region is looked for. */
    probesLookedAtMax: 20,
    /** A certificate that expires within this many days is warned about. */
    certificateDaysMin: 14,
    snapshotsPerServerMax: 100,
    /** Of the stored tool lists of one server together, as the database compresses them. */
    snapshotBytesPerServerMax: 32 * MIB,
  },
  storage: {
    partitionsAheadDays: 3,
    /** How long making a partition waits for the others; the next try comes with the next run. */
    partitionLockMs: 5_000,
    retentionDaysMax: 90,
    retentionDeleteRowsPerBatchMax: 20_000,
    rollupRetentionDays: 400,
  },
  /** The embedded database server. */
  embeddedDatabase: {
    /** Of one start, recovery of the write-ahead log included. */
    startMs: 120_000,
    startAttemptsMax: 10,
    startRetryDelayMs: 300,
    /** How long a start waits for a server that another process is just starting. */
    adoptMs: 60_000,
    stopMs: 10_000,
    /** After the polite stop did not work. */
    stopNowMs: 5_000,
    pingMs: 2_000,
    logBytesMax: 10 * MIB,
    connectionsMax: 100,
  },
  /** The processes of one installation. */
  supervisor: {
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
    secondSignalMs: 1_000,
    logBytesMax: 10 * MIB,
    logFilesMax: 3,
    logLineCharactersMax: 64 * KIB,
    lastLinesKept: 12,
  },
  /** Schedules. */
  jobs: {
    partitionsEveryMs: 3_600_000,
    retentionEveryMs: 600_000,
    expiredCredentialsEveryMs: 600_000,
    recoverOperationsEveryMs: 5_000,
    forgetNodesEveryMs: 3_600_000,
    retryDelayMsMin: 1_000,
    /** How soon another process takes over from one that died. */
    leadershipPollMs: 5_000,
    leadershipCheckMs: 5_000,
    statementTimeoutMs: 600_000,
  },
  /** The sample organization's traffic. */
  sample: {
    operationPollMs: 200,
    callEveryMsMin: 2_000,
    callEveryMsMax: 6_000,
    partnerCallEveryMsMin: 6_000,
    partnerCallEveryMsMax: 18_000,
    callTimeoutMs: 30_000,
    retryDelayMsMin: 1_000,
    retryDelayMsMax: 60_000,
  },
} as const;
