import type { ClientFrame, LogEntry, LogLevel } from "#lib/contract/log-stream.ts";
import type { LinePattern } from "#lib/kernel/line-pattern.ts";

/** Which lines are wanted. Absent parts do not restrict. The server applies the same rules. */
export interface LogFilter {
  /** This level or a stronger one. */
  readonly level?: LogLevel;
  /** Part of the message; upper and lower case are the same. */
  readonly text?: string;
  readonly requestId?: string;
  /** Found anywhere in the message. */
  readonly pattern?: LinePattern;
}

export const NO_FILTER: LogFilter = {};

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const rank = (level: LogLevel | undefined): number => (level === undefined ? 0 : RANK[level]);

/** True when nothing is filtered out. */
export const isUnfiltered = (filter: LogFilter): boolean =>
  rank(filter.level) === 0 && !filter.text && !filter.requestId && !filter.pattern;

/** A test for entries, prepared once per filter. */
export function entryMatcher(filter: LogFilter): (entry: LogEntry) => boolean {
  if (isUnfiltered(filter)) return () => true;
  const least = rank(filter.level);
  const text = filter.text?.toLowerCase() ?? "";
  const { requestId, pattern } = filter;
  return (entry) =>
    entry.lostLines !== undefined ||
    (RANK[entry.level] >= least &&
      (!requestId || entry.requestId === requestId) &&
      (text === "" || entry.message.toLowerCase().includes(text)) &&
      (pattern === undefined || pattern.matches(entry.message)));
}

/** True when every line that `narrow` wants is also wanted by `wide`, so that lines received under `wide` suffice. */
export const covers = (wide: LogFilter, narrow: LogFilter): boolean =>
  rank(wide.level) <= rank(narrow.level) &&
  (!wide.pattern || wide.pattern.source === narrow.pattern?.source) &&
  (!wide.requestId || wide.requestId === narrow.requestId) &&
  (!wide.text || (narrow.text ?? "").toLowerCase().includes(wide.text.toLowerCase()));

export const sameFilter = (a: LogFilter, b: LogFilter): boolean => covers(a, b) && covers(b, a);

/** The frame that tells the server about revision `rev`. */
export const filterFrame = (rev: number, filter: LogFilter): Extract<ClientFrame, { type: "filter" }> => ({
  type: "filter",
  rev,
  ...(filter.level && filter.level !== "debug" ? { level: filter.level } : {}),
  ...(filter.text ? { text: filter.text } : {}),
  ...(filter.requestId ? { requestId: filter.requestId } : {}),
  ...(filter.pattern ? { regex: filter.pattern.source } : {}),
});
