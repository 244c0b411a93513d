const KIB = 1024;
const MIB = 1024 * KIB;

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
  /** Faults of one input that its refusal lists. */
  fieldErrorsMax: 50,
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
