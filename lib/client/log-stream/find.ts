import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { withoutEscapes } from "./ansi.ts";
import { firstAfter, type RowList } from "./row-list.ts";
import type { LogRow } from "./rows.ts";

/** What is looked for among the rows shown. Unlike a filter it hides nothing. */
export interface FindQuery {
  readonly text: string;
  readonly isRegex: boolean;
}

/** Where matches stand in the plain text of a line: start and end offsets by turns. */
export type MatchRanges = readonly number[];

export type FindProblem = "invalid_pattern" | "too_slow" | "unavailable";

/** Searches lines; the answer has one item per line: null, or where it matches. */
export interface LineSearcher {
  search(lines: readonly string[]): Promise<readonly (MatchRanges | null)[]>;
  close(): void;
}

/** Thrown by a searcher that cannot go on. */
export class FindError extends Error {
  override readonly name = "FindError";
  readonly problem: FindProblem;
  constructor(problem: FindProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** Ranges of a literal text, upper and lower case the same; null when there is none. */
export function literalRanges(line: string, wanted: string): MatchRanges | null {
  if (wanted === "") return null;
  const haystack = line.toLowerCase();
  const needle = wanted.toLowerCase();
  // Lower-casing can change the length of a few characters; then offsets would point beside the match.
  const isAligned = haystack.length === line.length;
  const ranges: number[] = [];
  for (
    let at = haystack.indexOf(needle);
    at !== -1 && ranges.length < 2 * viewerLimits.findRangesPerLineMax;
    at = haystack.indexOf(needle, at + needle.length)
  ) {
    if (isAligned) ranges.push(at, at + needle.length);
    else return [0, line.length];
  }
  return ranges.length === 0 ? null : ranges;
}

/** The text of a row that is searched, or null when the row is not a line. */
export const searchableText = (row: LogRow): string | null =>
  row.kind === "line" ? withoutEscapes(row.entry.message) : null;

export interface FindState {
  readonly query: FindQuery | null;
  /** Lines with a match so far. */
  readonly total: number;
  /** Which of them is current, counted from 1; 0 when none is. */
  readonly position: number;
  /** Row number of the current one. */
  readonly current: number | null;
  readonly isSearching: boolean;
  readonly problem: FindProblem | null;
}

export const NO_FIND: FindState = {
  query: null,
  total: 0,
  position: 0,
  current: null,
  isSearching: false,
  problem: null,
};

/**
 * One find over a list of rows. Literal text is looked for at once; a regular expression in steps by a searcher
 * that can be stopped, since a pattern may take for ever.
 */
export class FindSession {
  readonly query: FindQuery;
  readonly #searcher: LineSearcher | null;
  readonly #changed: () => void;
  #matches = new Map<number, MatchRanges>();
  #sorted: number[] | null = null;
  #scannedTo = -1;
  #busy = false;
  #problem: FindProblem | null = null;
  #current: number | null = null;
  #generation = 0;

  /** `changed` is called when an answer came later than the call that asked. */
  constructor(query: FindQuery, searcher: LineSearcher | null, changed: () => void) {
    this.query = query;
    this.#searcher = searcher;
    this.#changed = changed;
  }

  close(): void {
    this.#generation++;
    this.#searcher?.close();
  }

  /** The list is another one: everything is looked at again, the current match stays if it is still there. */
  restart(): void {
    this.#generation++;
    this.#busy = false;
    this.#matches = new Map();
    this.#sorted = null;
    this.#scannedTo = -1;
  }

  /** A row left the list. */
  removed(n: number): void {
    if (this.#matches.delete(n)) this.#sorted = null;
  }

  /** Looks at rows not looked at yet. */
  advance(rows: RowList): void {
    if (this.#problem !== null || this.#busy) return;
    const isRegex = this.#searcher !== null;
    const pending: LogRow[] = [];
    for (let index = firstAfter(rows, this.#scannedTo); index < rows.count; index++) {
      const row = rows.rowAt(index);
      if (row === undefined) continue;
      if (isRegex && pending.length >= viewerLimits.findChunkLinesMax) break;
      pending.push(row);
    }
    if (pending.length === 0) return;
    this.#scannedTo = Math.max(this.#scannedTo, pending[pending.length - 1]?.n ?? -1);
    if (this.#searcher === null) {
      for (const row of pending) this.#take(row, literalRanges(searchableText(row) ?? "", this.query.text));
      return;
    }
    void this.#searchLater(this.#searcher, pending);
  }

  /** Where the row matches, for highlighting. */
  rangesOf(n: number): MatchRanges | null {
    return this.#matches.get(n) ?? null;
  }

  /** Goes to the next (`1`) or previous (`-1`) match, from the current one or from row number `from`. */
  move(direction: 1 | -1, from: number): number | null {
    const sorted = this.#numbers();
    if (sorted.length === 0) return null;
    const start = this.#current ?? from;
    const at = lowerBound(sorted, start);
    const isHere = sorted[at] === start;
    let next = direction === 1 ? at + (isHere && this.#current !== null ? 1 : 0) : at - 1;
    next = (next + sorted.length) % sorted.length;
    this.#current = sorted[next] ?? null;
    return this.#current;
  }

  /** The state with the current match among all. */
  state(rows: RowList): FindState {
    const lastRow = rows.rowAt(rows.count - 1);
    const sorted = this.#current === null ? null : this.#numbers();
    const at = sorted === null ? -1 : lowerBound(sorted, this.#current ?? 0);
    const isThere = sorted !== null && sorted[at] === this.#current;
    return {
      query: this.query,
      total: this.#matches.size,
      position: isThere ? at + 1 : 0,
      current: isThere ? this.#current : null,
      isSearching: this.#busy || (this.#problem === null && (lastRow?.n ?? -1) > this.#scannedTo),
      problem: this.#problem,
    };
  }

  async #searchLater(searcher: LineSearcher, rows: readonly LogRow[]): Promise<void> {
    const generation = this.#generation;
    this.#busy = true;
    try {
      const answers = await searcher.search(rows.map((row) => searchableText(row) ?? ""));
      if (generation !== this.#generation) return;
      rows.forEach((row, index) => {
        this.#take(row, answers[index] ?? null);
      });
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#problem = error instanceof FindError ? error.problem : "unavailable";
    }
    this.#busy = false;
    this.#changed();
  }

  #take(row: LogRow, ranges: MatchRanges | null): void {
    if (ranges === null || row.kind !== "line") return;
    this.#matches.set(row.n, ranges);
    this.#sorted = null;
  }

  #numbers(): number[] {
    this.#sorted ??= [...this.#matches.keys()];
    return this.#sorted;
  }
}

function lowerBound(sorted: readonly number[], n: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < n) low = middle + 1;
    else high = middle;
  }
  return low;
}
