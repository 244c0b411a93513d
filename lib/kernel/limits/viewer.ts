/** The browser's log viewer. */
export const viewerLimits = {
  ringLinesMax: 50_000,
  errorRingLinesMax: 2_000,
  reconnectDelayMsMin: 250,
  reconnectDelayMsMax: 10_000,
  summaryMs: 5_000,
  /** Lines of the server's ring that a fresh viewer asks for, so that it opens with context. */
  backfillLinesMax: 1_000,
  /** Entries held aside while a hole before them is being asked for again. */
  stashEntriesMax: 10_000,
  /** Entries received but not yet taken over by a frame; more are taken over at once. */
  pendingEntriesMax: 20_000,
  /** Lines taken over in one animation frame from which on the next frame is left free. */
  linesPerFrameMax: 40,
  /** Without any frame for this long the connection counts as dead: three heartbeats. */
  silenceMsMax: 16_000,
  /** A connection that lived at least this long starts its next backoff from the beginning. */
  stableConnectionMs: 5_000,
  /** How long text stays in the filter field before it is sent. */
  filterDelayMs: 250,
  /** One step of a regular expression search; a pattern that needs longer is given up. */
  findBudgetMs: 250,
  findPatternCharactersMax: 200,
  /** Loading the worker that runs regular expressions. */
  findWorkerStartMs: 5_000,
  findChunkLinesMax: 2_000,
  findRangesPerLineMax: 50,
  /** Characters of one line that are painted before it is opened. */
  paintedCharactersMax: 2_000,
  /** Screen lines of one wrapped row; 50,000 rows stay below the browser's largest element. */
  wrappedLinesMax: 16,
  expandedRowsMax: 50,
  /** Own activity is told to the server at most this often, so that it does not close an attended viewer. */
  activityPingMs: 60_000,
} as const;
