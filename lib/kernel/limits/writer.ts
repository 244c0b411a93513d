const MIB = 1024 * 1024;

/** Facts on their way to the store. */
export const writerLimits = {
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
} as const;
