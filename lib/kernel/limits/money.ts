/** Leases, settlement, and what is kept and shown of them. Times in milliseconds, amounts in micros. */
export const moneyLimits = {
  /** A lease is for use this long unless it is renewed; it is not used in its last `leaseUnusedMs`. */
  leaseMs: 2_000,
  leaseUnusedMs: 500,
  /** A busy node asks again when so little of a lease is left to use. */
  leaseRenewMs: 1_000,
  /** Between two looks at all leases of a node. */
  leaseUpkeepMs: 100,
  /** Between two tries to reach a ledger that did not answer. */
  leaseRetryMs: 250,
  /** A lease sets aside what a node spends in this time, and at most a share of what is left. */
  leaseBurnMs: 200,
  leaseShareOfRemaining: 4,
  /** After its expiry plus the longest call a lease of a dead node returns what was not settled. */
  leaseSettleGraceMs: 30_000,
  /** A caller waits this long for a lease before it is denied as unavailable. */
  leaseTimeoutMs: 2_000,
  /** Callers that wait for one organization's lease on one node. */
  leaseWaitersMax: 1_000,
  /** What one agent may spend on one node while budgets cannot be asked, with `onUnavailable: grace`. */
  graceMicrosMax: 1_000_000n,
  graceMsMax: 300_000,
  /** Scopes (agents, end users, sessions) that one node holds leases of; the longest unused goes first. */
  leasedScopesMax: 50_000,
  /** Same-call counters of the loop guard on one node. */
  loopCountersMax: 50_000,
  loopWindowMs: 60_000,
  grantMicrosMax: 10_000_000_000_000_000n,
  /** One event: a call, or a cost that an agent reports. */
  usageEventMicrosMax: 10_000_000_000_000_000n,
  /** Nobody brings an account beyond this by hand, so that there is always room to settle. */
  accountMicrosMax: 4_000_000_000_000_000_000n,
  reasonCharactersMax: 500,
  /** Usage events and spend are kept this long. */
  usageEventsKeptDays: 400,
  sessionSpendKeptDays: 35,
  /** Leases that ended. */
  leasesKeptDays: 35,
  /** Leases of dead nodes that one transaction returns. */
  returnedLeasesMax: 500,
  expireEveryMs: 60_000,
  reapEveryMs: 5_000,
  reconcileEveryMs: 300_000,
  reconcileFullEveryMs: 24 * 3_600_000,
  /** A full run looks at the calls and events of this time. */
  reconcileDays: 35,
  reconcileRunsKept: 300,
  /** Drift rows that one run stores per invariant. */
  driftRowsMax: 50,
  /** Rows of a ledger export are read this many at a time. */
  exportBatchRows: 1_000,
  statementsMonthsMax: 60,
  /** Entries of an account that may stand in another order than the ids of their transactions: those that waited. */
  entriesOutOfOrderMax: 500,
  /** Calls and costs that one transaction is shown with; first those that happened so shortly before it. */
  txEventsMax: 200,
  txEventsNearMs: 3_600_000,
  grantsShownMax: 500,
  /** Reasons that an explanation names; the rest is one more. */
  explainReasonsMax: 50,
  explainWindowDaysMax: 92,
  /** What happened so long before it was counted is late; the index `usage_events_late` says the same. */
  lateEventHoursMin: 1,
  /** A forecast speaks from this much history on. */
  forecastHoursMin: 24,
  forecastDebitsMin: 30,
  forecastHistoryDays: 15,
  /** What is farther away is not told apart. */
  runwayDaysMax: 3_650,
  webhookBytesMax: 1_048_576,
  webhookToleranceSeconds: 300,
  webhooksAtOnceMax: 16,
  webhookBodyTimeoutMs: 10_000,
  /** Webhooks that one address may have refused per minute before it is not listened to for the rest of it. */
  webhookRefusalsMax: 60,
  webhookRefusalsWindowMs: 60_000,
  webhookAddressesMax: 10_000,
  paymentEventsKeptDays: 400,
  /** One request to the payment provider. */
  paymentTimeoutMs: 15_000,
  paymentRetriesMax: 2,
  /** What was not delivered is looked for this often, at least this far and at most as far as the provider remembers. */
  paymentCatchUpEveryMs: 3_600_000,
  paymentCatchUpMsMin: 3 * 24 * 3_600_000,
  paymentCatchUpMsMax: 30 * 24 * 3_600_000,
  paymentCatchUpEventsMax: 10_000,
  paymentRetryEveryMs: 60_000,
  paymentRetriesAtOnceMax: 100,
  paymentEventAttemptsMax: 50,
  /** An event about a payment that is still unknown after this time belongs to somebody else. */
  paymentEventWaitMs: 7 * 24 * 3_600_000,
  paymentNoticesMax: 20,
  paymentNoticesMs: 30 * 24 * 3_600_000,
  paymentMethodsMax: 50,
  purchasesShownMax: 500,
  /** A checkout that the provider did not take in this time is over. */
  checkoutUnbegunMs: 24 * 3_600_000,
  topUpEveryMs: 30_000,
  /** A charge without an answer is asked for again this often, and given up when the provider has forgotten its key. */
  topUpAskAgainMs: 60_000,
  topUpGiveUpMs: 23 * 3_600_000,
  topUpAttemptsMax: 2,
  topUpAttemptsWindowMs: 600_000,
  topUpFailureRestMs: 3_600_000,
  topUpFailuresMax: 3,
  idempotencyKeyCharactersMax: 255,
  idempotencyKeptMs: 8 * 24 * 3_600_000,
  /** Windows of the usage page. */
  usageWindowDaysMax: 400,
  usageGroupsMax: 200,
  /** What is newer may still be on its way. */
  usageWatermarkMs: 60_000,
  /** Alert channels and deliveries. */
  alertChannelsMax: 20,
  alertTimeoutMs: 10_000,
  alertAttemptsMax: 12,
  /** What was over and comes back within this time is told once in it, unless it is worse: what comes and goes makes no storm. */
  alertAgainMsMin: 600_000,
  alertRetryMsMin: 1_000,
  alertRetryMsMax: 3_600_000,
  alertsEveryMs: 5_000,
  spendAlertsEveryMs: 15_000,
  alertDeliveriesKept: 1_000,
} as const;
