const KIB = 1024;
const MIB = 1024 * KIB;

/** Outbound calls of hosted code. */
export const egressLimits = {
  requestBytesMax: 16 * MIB,
  responseBytesMax: 64 * MIB,
  timeoutMs: 60_000,
  connectTimeoutMs: 10_000,
  concurrentPerServerMax: 64,
  urlCharactersMax: 8 * KIB,
} as const;
