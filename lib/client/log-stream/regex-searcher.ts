import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { FindError, type LineSearcher, type MatchRanges } from "./find.ts";

/** The part of a Web Worker that is used here. */
export interface WorkerLike {
  postMessage(message: RegexRequest): void;
  terminate(): void;
  onmessage: ((event: { data: RegexAnswer }) => void) | null;
  onerror: ((event: unknown) => void) | null;
}

export interface RegexRequest {
  readonly pattern: string;
  readonly lines: readonly string[];
  readonly rangesMax: number;
}
export type RegexAnswer =
  | { readonly matches: readonly (MatchRanges | null)[] }
  | { readonly problem: "invalid_pattern" };

/**
 * A searcher for regular expressions in a worker. A step that takes longer than the budget is ended by ending the
 * worker: that is the only way to stop a pattern that backtracks for ever. The first step may also wait `startMs`
 * for the worker to load.
 */
export function createRegexSearcher(
  pattern: string,
  startWorker: () => WorkerLike,
  budget: { readonly stepMs: number; readonly startMs: number },
): LineSearcher {
  if (!isValidPattern(pattern)) return { search: failing("invalid_pattern"), close: () => undefined };
  let worker: WorkerLike | null = null;
  let isWarm = false;
  const close = (): void => {
    worker?.terminate();
    worker = null;
  };
  return {
    close,
    search: (lines) =>
      new Promise((resolve, reject) => {
        const running = worker ?? startWorker();
        worker = running;
        const timer = setTimeout(
          () => fail(new FindError("too_slow", "The pattern takes too long.")),
          budget.stepMs + (isWarm ? 0 : budget.startMs),
        );
        const fail = (error: FindError): void => {
          clearTimeout(timer);
          close();
          reject(error);
        };
        running.onerror = () => fail(new FindError("unavailable", "The search could not be started."));
        running.onmessage = ({ data }) => {
          isWarm = true;
          clearTimeout(timer);
          if ("problem" in data) fail(new FindError(data.problem, "This is not a regular expression."));
          else resolve(data.matches);
        };
        running.postMessage({ pattern, lines, rangesMax: viewerLimits.findRangesPerLineMax });
      }),
  };
}

const failing = (problem: "invalid_pattern") => () =>
  Promise.reject(new FindError(problem, "This is not a regular expression."));

/** True when `pattern` is a regular expression; says nothing about how long it takes. */
export function isValidPattern(pattern: string): boolean {
  if (pattern.length > viewerLimits.findPatternCharactersMax) return false;
  try {
    new RegExp(pattern, "giu");
    return true;
  } catch {
    return false;
  }
}

/** What the worker does for one request. */
export function searchWithRegex({ pattern, lines, rangesMax }: RegexRequest): RegexAnswer {
  if (!isValidPattern(pattern)) return { problem: "invalid_pattern" };
  const regex = new RegExp(pattern, "giu");
  return {
    matches: lines.map((line) => {
      const ranges: number[] = [];
      for (const match of line.matchAll(regex)) {
        if (match[0] === "") continue;
        ranges.push(match.index, match.index + match[0].length);
        if (ranges.length >= 2 * rangesMax) break;
      }
      return ranges.length === 0 ? null : ranges;
    }),
  };
}
