const KIB = 1024;
const MIB = 1024 * KIB;

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
  /** A regular expression that compiles to more steps than this is refused: it bounds what one line may cost. */
  patternInstructionsMax: 400,
  /** CPU time that the regular expression of one viewer may take; beyond it, it is taken away. */
  patternMsPerSecondMax: 50,
  /** Saved up for the replay of a ring. */
  patternBurstMs: 500,
  /** Looking at lines stops after this long, so that others get their turn. */
  patternMsPerTurnMax: 10,
  /** All viewers of one process together; beyond it, whoever took most of their own share loses theirs. */
  patternsMsPerSecondMax: 200,
  patternsBurstMs: 1_000,
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
