/** Diagnoses, incidents and their reports. Times in milliseconds unless named otherwise. */
export const incidentLimits = {
  /** Collecting evidence ends then, with what there is; what is missing is named. */
  collectMs: 10_000,
  /** A fresh probe gets less, so that its failure is still evidence. */
  probeMs: 8_000,
  /** Statements of a diagnosis end before the collection does. */
  statementMs: 8_000,
  /** Snapshots that one diagnosis reads at the same time: others need connections too. */
  readsAtOnceMax: 4,
  windowMsDefault: 30 * 60_000,
  windowMsMin: 60_000,
  windowMsMax: 7 * 24 * 3_600_000,
  /** How far ahead of our clock a moment may be that somebody names. */
  futureMsMax: 60_000,
  /** Changes of configuration count as possible causes when they are at most this much older than the window. */
  changesBeforeMs: 2 * 3_600_000,
  /** A client was here before when it called within this time before the window. */
  knownClientMs: 7 * 24 * 3_600_000,
  /** Rows that a comparison or a search for error groups reads, newest first; beyond it says that it sampled. */
  rowsReadMax: 200_000,
  /** Rows that are counted one by one in both windows together; beyond it the hourly counts tell. */
  countedRowsMax: 2_000_000,
  errorGroupsMax: 20,
  errorGroupTextCharactersMax: 300,
  examplesMax: 3,
  failingCallsMax: 20,
  changesMax: 50,
  clientsMax: 50,
  toolsMax: 1_000,
  shiftsMax: 5,
  /** Calls of both windows together that a value needs before it can be said to have moved. */
  shiftSupportMin: 20,
  /** A share or an error rate that moved by less is no shift, however surprising. */
  shiftChangeMin: 0.05,
  /** What chance alone brings about more often than this is no shift. */
  shiftPValueMax: 0.001,
  /** Values of one dimension that are told apart; the rest is one. */
  comparedValuesMax: 100,
  refsPerFindingMax: 10,
  candidatesMax: 5,
  evidenceBytesMax: 4 * 1024 * 1024,
  textCharactersMax: 1_000,
  titleCharactersMax: 200,
  noteCharactersMax: 10_000,
  openPerOrganizationMax: 500,
  listedMax: 200,
  eventsPerIncidentMax: 2_000,
  evidencePerIncidentMax: 50,
  /** Of them, those that further alerts bring about; the rest is for people. */
  automaticDiagnosesMax: 40,
  /** Text of its events that one report holds; the rest is left out, and counted. */
  reportEventCharactersMax: 2_000_000,
  timelineEntriesMax: 500,
  /** A join without a request id: same session and tool within this time. */
  inferredJoinMs: 2_000,
  sharesPerIncidentMax: 20,
  shareMsDefault: 7 * 24 * 3_600_000,
  shareMsMax: 30 * 24 * 3_600_000,
  /** How long an agent's key still works that an incident rotates. */
  rotatedKeyHours: 24,
  keptDays: 400,
  /** Between looks for alerts without an incident and incidents that are over. */
  sweepEveryMs: 5_000,
  /** Between fresh smokes of an open incident that opened by itself. */
  recheckEveryMs: 60_000,
  /** A server that stays broken is looked at ever more rarely, down to once in this time; at one that is well each time. */
  recheckBrokenMsMax: 10 * 60_000,
  /** So many green rechecks in a row resolve it. */
  greenChecksToResolve: 3,
  rechecksAtOnceMax: 4,
  /** What one sweep takes up; the rest waits for the next one. */
  alertsPerSweepMax: 50,
  rechecksPerSweepMax: 40,
  followedPerSweepMax: 200,
  /** What happened longer ago is not written into incidents any more: a sweep looks at what is new, not at whole lives. */
  followedAgeMsMax: 24 * 3_600_000,
  /** Alerts that are older than this open no incident any more. */
  alertAgeMsMax: 24 * 3_600_000,
  /** A first diagnosis that fails is tried again so often. */
  pendingTriesMax: 5,
  pendingPerSweepMax: 4,
  diagnosesAtOnceMax: 4,
  /** Of them, those that alerts may have, so that people find room in a storm of alerts. */
  alertDiagnosesAtOnceMax: 2,
  /** After a start nothing is diagnosed by itself until an edge reported, or for so long. */
  edgesStartMsMax: 90_000,
} as const;

/** Alert rules. Times in milliseconds. */
export const alertRuleLimits = {
  everyMs: 15_000,
  /** Multi-window burn of the error budget (1 − objective): both windows of a row must burn that fast. */
  burn: [
    { factor: 14.4, longMs: 3_600_000, shortMs: 300_000, severity: "critical" },
    { factor: 6, longMs: 6 * 3_600_000, shortMs: 1_800_000, severity: "critical" },
    { factor: 1, longMs: 3 * 24 * 3_600_000, shortMs: 6 * 3_600_000, severity: "warning" },
  ],
  /** Share of calls that succeed, of rules that were not set otherwise. */
  objective: 0.99,
  burnEventsMin: 20,
  burnFailedMin: 3,
  /** What share of errors tools usually report is read from this long before the longest window. */
  burnUsualMs: 7 * 24 * 3_600_000,
  /** Hours that a sweep reads of every server; what came before is read where it decides. */
  burnRecentMs: 6 * 3_600_000,
  /** Servers whose earlier hours one sweep reads, and those whose it remembers for an hour. */
  burnHistoriesPerSweepMax: 100,
  burnHistoriesKeptMax: 5_000,
  /** Rows of a server that tell a window of minutes: the newest of it. */
  burnRowsMax: 1_000,
  /** Ends of a server's runtimes within this time that count as a loop. */
  crashLoopMs: 600_000,
  crashLoopCount: 3,
  /** Servers whose edges are asked for crashes at once. */
  crashLooksAtOnceMax: 4,
  meteringStaleMs: 300_000,
} as const;
