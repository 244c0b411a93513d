import { LOG_LEVELS, type LogLevel } from "#lib/contract/index.ts";
import type { LinePattern } from "#lib/kernel/line-pattern.ts";
import type { ConsoleFact } from "./facts.ts";

/** What one viewer wants to see. `rev` is the viewer's own number of the filter; every batch carries it back. */
export interface ViewerFilter {
  readonly rev: number;
  /** This level and above. */
  readonly level?: LogLevel;
  /** Anywhere in the message, whatever the case. */
  readonly text?: string;
  /** Found anywhere in the message. */
  readonly pattern?: LinePattern;
  /** UUID of the request. */
  readonly requestId?: string;
}

/** A filter ready to use. Viewers with the same `key` get the same bytes. */
export interface CompiledFilter {
  readonly rev: number;
  readonly key: string;
  readonly matches: (fact: ConsoleFact) => boolean;
}

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export function compileFilter(filter: ViewerFilter): CompiledFilter {
  const lowest = filter.level === undefined ? 0 : LOG_LEVELS.indexOf(filter.level);
  const text = filter.text?.toLowerCase() ?? "";
  const { requestId, pattern } = filter;
  return {
    rev: filter.rev,
    key: JSON.stringify([filter.rev, lowest, text, requestId ?? null, pattern?.source ?? null]),
    // Nobody knows whether lines that were not kept would match: that they are missing is told in any case.
    matches: (fact) =>
      fact.lostLines !== undefined ||
      (RANK[fact.level] >= lowest &&
        (requestId === undefined || fact.requestId === requestId) &&
        (text === "" || fact.message.toLowerCase().includes(text)) &&
        (pattern === undefined || pattern.matches(fact.message))),
  };
}

export const EVERYTHING: CompiledFilter = compileFilter({ rev: 0 });
