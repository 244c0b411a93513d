const MIB = 1024 * 1024;

/** The edge's control socket. */
export const controlLimits = {
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
} as const;
