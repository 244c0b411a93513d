const KIB = 1024;

/** The request log. */
export const requestLimits = {
  nameCharactersMax: 200,
  errorCharactersMax: 1_000,
  principalCharactersMax: 300,
  explanationCharactersMax: 4_000,
  /** Distinct tools of one server that the rollups name; the others are counted together. */
  rollupToolsPerServerMax: 500,
  rollupServersMax: 10_000,
  /** Distinct names of clients of one organization that the rollups tell apart. */
  rollupClientsPerOrganizationMax: 200,
  /** Totals are exact where the rollups know them, and stop here elsewhere. */
  totalMax: 10_000,
  /** Rows that a page may skip where the rollups cannot lead to it; a cursor goes further. */
  offsetRowsMax: 100_000,
  consoleLinesPerRequestMax: 1_000,
  rowsPerRequestMax: 500,
  tailLinesMax: 1_000,
  searchCharactersMax: 200,
  /** One step of a search for text; what is not looked at by then is left to the next one. */
  searchBudgetMs: 1_500,
  /** Of a search without a cursor: the first answer comes at once, also with nothing but its progress. */
  searchFirstBudgetMs: 200,
  /** Rows that one statement of a walk back in time looks at: at first, and as they turn out slow or fast. */
  walkRowsFirst: 2_000,
  walkRowsMin: 500,
  walkRowsMax: 200_000,
  /** How long a statement of a walk should take. */
  walkStepMs: 100,
  contextLinesMax: 500,
  histogramBarsMax: 200,
  /** Rows that a histogram or facets look at themselves where no counts know the filter. */
  countedRowsMax: 100_000,
  facetValuesMax: 20,
  timelineEntriesMax: 2_000,
  /** Lines or calls of its requests that a timeline looks at to find its first entries. */
  timelineTracesMax: 20_000,
  gapsMax: 100,
  /** How long ago something must be before its absence from the store means anything. */
  gapAgeMsMin: 60_000,
  /** Lines between the first and the last of a call that are looked through for missing numbers. */
  gapLinesMax: 10_000,
  /** Lines on either side that are looked through for numbers that came with another time. */
  gapNeighboursMax: 2_000,
  upstreamCallsPerRequestMax: 500,
  urlCharactersMax: 2_000,
  /** Of one recorded message, after redaction. */
  bodyBytesMax: 32 * KIB,
  savedViewsPerServerMax: 100,
  replayDifferencesMax: 100,
  /** Rows of one export. */
  exportRowsMax: 1_000_000,
  /** Rows of an export that are held at once. */
  exportBatchRowsMax: 1_000,
  /** How long an export waits for its reader to take the next piece. */
  exportIdleMsMax: 60_000,
  /** Exports that one process writes at the same time. */
  exportsMax: 16,
  /**
   * How long the store remembers what it counted without a row: far longer than any writer retries. What waited longer
   * in a spool is not counted, since nobody knows whether it was.
   */
  countedMemoryMs: 24 * 3_600_000,
} as const;
