import { agentLimits } from "./limits/agents.ts";
import { authLimits } from "./limits/auth.ts";
import { drainLimits } from "./limits/drains.ts";
import { gatewayLimits } from "./limits/gateways.ts";
import { httpLimits } from "./limits/http.ts";
import { alertRuleLimits, incidentLimits } from "./limits/incidents.ts";
import { logStreamLimits } from "./limits/log-stream.ts";
import { mcpAdminLimits } from "./limits/mcp-admin.ts";
import { moneyLimits } from "./limits/money.ts";
import { operationLimits } from "./limits/operations.ts";
import { viewerLimits } from "./limits/viewer.ts";

/**
 * Every bound of the product in one place, with its unit in its name. A queue, buffer, body, wait or retry
 * without an entry here is a defect. Browser-safe; what pages use has a file of its own in `limits/`, so that a page loads
 * those numbers and not all of them.
 */
const KIB = 1024;
const MIB = 1024 * KIB;

export const limits = {
  http: httpLimits,
  mcpAdmin: mcpAdminLimits,
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
    /** How long a trial lives on for it: an exception is told to us after the answer that it led to. */
    lastWordsMs: 250,
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
    batchBytesMax: 4 * MIB,
    /** Requests whose bodies wait for their redaction, and how many are redacted in one turn. */
    bodiesWaitingMax: 1_000,
    bodiesPerTurnMax: 4,
    flushMs: 100,
    /** A write without an answer for this long is tried again; a batch counts once however often it is sent. */
    attemptMsMax: 40_000,
    retryDelayMsMin: 100,
    retryDelayMsMax: 5_000,
    drainMs: 5_000,
    /** How often a server is told, in its own log stream, how many of its lines were not stored. */
    noticeMs: 10_000,
    noticesWaitingMax: 1_000,
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
    /** Distinct names of clients of one organization that the rollups tell apart. */
    rollupClientsPerOrganizationMax: 200,
    /** Totals are exact where the rollups know them, and stop here elsewhere. */
    totalMax: 10_000,
    /** Rows that a page may skip where the rollups cannot lead to it; a cursor goes further. */
    offsetRowsMax: 100_000,
    consoleLinesPerRequestMax: 1_000,
    rowsPerRequestMax: 500,
    tailLinesMax: 1_000,
    searchCharactersMax: 200,
    /** One step of a search for text; what is not looked at by then is left to the next one. */
    searchBudgetMs: 1_500,
    /** Of a search without a cursor: the first answer comes at once, also with nothing but its progress. */
    searchFirstBudgetMs: 200,
    /** Rows that one statement of a walk back in time looks at: at first, and as they turn out slow or fast. */
    walkRowsFirst: 2_000,
    walkRowsMin: 500,
    walkRowsMax: 200_000,
    /** How long a statement of a walk should take. */
    walkStepMs: 100,
    contextLinesMax: 500,
    histogramBarsMax: 200,
    /** Rows that a histogram or facets look at themselves where no counts know the filter. */
    countedRowsMax: 100_000,
    facetValuesMax: 20,
    timelineEntriesMax: 2_000,
    /** Lines or calls of its requests that a timeline looks at to find its first entries. */
    timelineTracesMax: 20_000,
    gapsMax: 100,
    /** How long ago something must be before its absence from the store means anything. */
    gapAgeMsMin: 60_000,
    /** Lines between the first and the last of a call that are looked through for missing numbers. */
    gapLinesMax: 10_000,
    /** Lines on either side that are looked through for numbers that came with another time. */
    gapNeighboursMax: 2_000,
    upstreamCallsPerRequestMax: 500,
    urlCharactersMax: 2_000,
    /** Of one recorded message, after redaction. */
    bodyBytesMax: 32 * KIB,
    savedViewsPerServerMax: 100,
    replayDifferencesMax: 100,
    /** Rows of one export. */
    exportRowsMax: 1_000_000,
    /** Rows of an export that are held at once. */
    exportBatchRowsMax: 1_000,
    /** How long an export waits for its reader to take the next piece. */
    exportIdleMsMax: 60_000,
    /** Exports that one process writes at the same time. */
    exportsMax: 16,
    /**
     * How long the store remembers what it counted without a row: far longer than any writer retries. What waited longer
     * in a spool is not counted, since nobody knows whether it was.
     */
    countedMemoryMs: 24 * 3_600_000,
  },
  /** Spans on their way to a collector. */
  tracing: {
    spansQueuedMax: 4_096,
    spansPerBatchMax: 512,
    exportDelayMs: 1_000,
    exportTimeoutMs: 5_000,
    /** Calls under way whose outbound calls wait for them. */
    callsRememberedMax: 10_000,
  },
  /** The edge's own log canary. */
  canary: {
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
  },
  /** Facts on the edge's own disk until the store has them. */
  spool: {
    /** Of each kind of facts, so that a flood of one leaves the others their room. */
    requestsBytesMax: 384 * MIB,
    consoleBytesMax: 512 * MIB,
    upstreamBytesMax: 128 * MIB,
    /** A file of this size is followed by another one, and removed as soon as all of it is stored. */
    segmentBytesMax: 16 * MIB,
    /** How long a fact may wait before it is handed to the disk. */
    writeDelayMs: 5,
    /** Of one write. */
    frameRowsMax: 1_000,
    frameBytesMax: 1 * MIB,
    /** In memory, on their way to a disk that is slow: some seconds of a flood. */
    waitingBytesMax: 48 * MIB,
    /** What is looked at in one step of reading back. */
    readBytes: 1 * MIB,
    /** How long a write is waited for when the edge ends. */
    closeMs: 2_000,
    /** After which a disk that refused is tried again. */
    retryMs: 30_000,
    /** Between looks for files whose facts are all stored. */
    tidyMs: 1_000,
    /** Sign of life of a directory's owner, and how long after the last one it counts as gone when it cannot be seen. */
    touchMs: 10_000,
    abandonedMs: 60_000,
    /** Between looks for what edges left that are gone. */
    adoptEveryMs: 30_000,
  },
  drains: drainLimits,
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
  agents: agentLimits,
  money: moneyLimits,
  incidents: incidentLimits,
  alertRules: alertRuleLimits,
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
    /** Objects and lists inside each other in what a server lists or answers: fewer than what is stored may have. */
    answerDepthMax: 60,
    failureBodyBytesMax: 4 * KIB,
    closeTimeoutMs: 1_000,
    listedMax: 100,
    /** Of one server's check policy, as JSON. */
    policyBytesMax: 64 * KIB,
    canarySecondsMin: 30,
    canarySecondsMax: 86_400,
    /** Between looks for canaries that are due. */
    canaryPollMs: 5_000,
    /** One place more than the canaries of one organization may hold. */
    canariesConcurrentMax: 4,
    canariesPerOrganizationMax: 3,
    canariesLookedAtMax: 50,
    canaryTimeoutMs: 60_000,
    /** What a failed canary answered is kept up to this size. */
    canaryResultBytesMax: 16 * KIB,
    canaryDaysMax: 30,
    hostingStepTimeoutMs: 15_000,
    /** Of a whole hosting check on one edge; what is not done by then has failed. */
    hostingCheckMs: 55_000,
    /** How long our other processes wait for one edge, and for all of them. */
    hostingCheckTimeoutMs: 60_000,
    hostingCheckWaitMs: 65_000,
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
    /** How long a day that is over waits for a moment without readers before it is dropped; then the next run tries. */
    dropLockMs: 2_000,
    /** A day is closed this long after its end: rows of its last calls may be stored late. */
    closedAfterMs: 2 * 3_600_000,
    /** Below this, closed days get their text index at any time of day. */
    quietRowsPerSecondMax: 200,
    /** What one index may use of memory while it is made. */
    indexMemoryMiB: 128,
    /** Keeping the order of storing summarized must not wait: it comes again. */
    summaryLockMs: 200,
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
  },
  /** The sample organization's traffic. */
  sample: {
    operationPollMs: 200,
    callEveryMsMin: 2_000,
    callEveryMsMax: 6_000,
    partnerCallEveryMsMin: 6_000,
    partnerCallEveryMsMax: 18_000,
    agentCallEveryMsMin: 5_000,
    agentCallEveryMsMax: 15_000,
    digestCallEveryMsMin: 12_000,
    digestCallEveryMsMax: 36_000,
    /** Calls of one conversation of an agent. */
    conversationCallsMax: 14,
    /** The sample's credits are granted again when fewer than this are left. Micros. */
    creditsMicrosMin: 5_000_000n,
    creditsDays: 90,
    creditsEveryMs: 600_000,
    callTimeoutMs: 30_000,
    retryDelayMsMin: 1_000,
    retryDelayMsMax: 60_000,
  },
} as const;
