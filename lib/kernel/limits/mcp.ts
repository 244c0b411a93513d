const KIB = 1024;
const MIB = 1024 * KIB;

/** The MCP data plane. Plan caps may be lower, never higher. */
export const mcpLimits = {
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
} as const;
