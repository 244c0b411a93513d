const KIB = 1024;
const MIB = 1024 * KIB;

/** Console lines on their way from a runtime to the sink. */
export const consoleLimits = {
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
} as const;
