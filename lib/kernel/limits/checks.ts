const KIB = 1024;
const MIB = 1024 * KIB;

/** Smoke tests and checks. */
export const checkLimits = {
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
} as const;
