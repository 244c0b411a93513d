/** The browser's log viewer. */
export const viewerLimits = {
  ringLinesMax: 50_000,
  errorRingLinesMax: 2_000,
  reconnectDelayMsMin: 250,
  reconnectDelayMsMax: 10_000,
  summaryMs: 5_000,
  /** How often a viewer without a place asks whether one became free. */
  fullCheckMs: 5_000,
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
  /** CPU time that the filter's regular expression may take in the page, and what is saved up for going through all lines held. */
  patternMsPerSecondMax: 200,
  patternBurstMs: 1_500,
  /** Lines that one step of loading from history brings, in pages of the size the history allows. */
  historyLinesPerLoadMax: 1_000,
  /** Lines beside a linked one, on each side. */
  contextLines: 100,
  /** How long a linked line is waited for in the stream's replay before the history is asked. */
  linkedLineWaitMs: 1_500,
  /** Servers watched together in one view: each takes a viewer's place. */
  mergedServersMax: 8,
  /** Lines of different servers are put in the order of their times within this long. */
  mergeWindowMs: 400,
  mergeWindowLinesMax: 20_000,
  /** Row numbers kept free for lines that a restarted stream may have missed. */
  unknownGapLinesMax: 1_000_000,
  /** Screen lines of one wrapped row; 50,000 rows stay below the browser's largest element. */
  wrappedLinesMax: 16,
  expandedRowsMax: 50,
  /** A line that continues the one before was written at most this long after it. */
  foldWithinMs: 50,
  /** Lines of one stack; further ones begin another row. */
  foldedLinesMax: 1_000,
  pinnedLinesMax: 100,
  /** JSON in a message is shown as a tree up to this size and depth; beyond it as the text it is. */
  jsonTreeCharactersMax: 1_000_000,
  jsonTreeDepthMax: 200,
  /** Children of one value that are painted before more are asked for. */
  jsonTreeChildrenStep: 100,
  /** Lines of one tree that are open before anybody opens more. */
  jsonTreeFirstLinesMax: 1_000,
  /** Characters of one value that are painted before more are asked for, and how many come then. */
  jsonTreeTextCharacters: 600,
  jsonTreeTextStep: 20_000,
  /** Own activity is told to the server at most this often, so that it does not close an attended viewer. */
  activityPingMs: 60_000,
} as const;
