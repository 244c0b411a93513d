const MIB = 1024 * 1024;

/** Facts on the edge's own disk until the store has them. */
export const spoolLimits = {
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
} as const;
