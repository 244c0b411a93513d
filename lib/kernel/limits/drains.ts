const KIB = 1024;
const MIB = 1024 * KIB;

/** Where logs are sent on to. */
export const drainLimits = {
  perOrganizationMax: 20,
  /** Servers that one drain may name. */
  serversMax: 1_000,
  headersMax: 20,
  batchRowsMax: 1_000,
  batchBytesMax: 4 * MIB,
  /** Of one delivery, from its name being resolved to its answer being read. */
  timeoutMs: 15_000,
  /** Then its rows are dead letters and the next ones follow: some twenty minutes after the first attempt. */
  attemptsMax: 12,
  retryDelayMsMin: 1_000,
  retryDelayMsMax: 300_000,
  /** Between looks for new rows; it grows to the idle time while there are none. */
  pollMs: 1_000,
  idlePollMsMax: 4_000,
  /** Drains that are served at once; those whose sink fails or is slow have places of their own. */
  concurrentMax: 6,
  slowConcurrentMax: 4,
  /** Of both kinds together, those that became slow meanwhile included. */
  runningMax: 24,
  /** A delivery that takes longer makes its sink a slow one. */
  slowMs: 2_000,
  /** Of one drain without rest, so that another one gets its turn. */
  batchesPerTurnMax: 10,
  /** Transactions whose rows are looked at in one go. */
  windowTransactionsMin: 16,
  windowTransactionsMax: 1_048_576,
  /** How often what was found in the meantime is written down while there is nothing to send. */
  restMs: 10_000,
  /** A drain that had something left to send for longer is behind. */
  behindMs: 30_000,
  responseBytesMax: 64 * KIB,
  errorCharactersMax: 500,
  deadLettersListedMax: 100,
  /** Of one drain; older ones are forgotten. */
  deadLettersKept: 1_000,
} as const;
