import { LOG_LEVELS } from "#lib/contract/log-stream.ts";
import { viewerLimits } from "#lib/kernel/limits/viewer.ts";
import { withoutEscapes } from "./ansi.ts";
import type { LineRow, LogRow } from "./rows.ts";

/** Which lines are painted as one row. */
export interface Folding {
  /** Lines that continue the one before, such as the frames of a stack trace. */
  readonly stacks: boolean;
  /** The same line again. */
  readonly repeats: boolean;
}

export const NO_FOLDING: Folding = { stacks: false, repeats: false };

/** The same message at the same level; who wrote it and when may differ. */
export const isRepeatOf = (row: LogRow | undefined, head: LogRow | undefined): boolean =>
  row?.kind === "line" &&
  head?.kind === "line" &&
  row.entry.message === head.entry.message &&
  row.entry.level === head.entry.level;

/** A run of rows that is painted as one: `head` begins it, `last` ends it so far. */
export interface Run {
  readonly head: LogRow;
  readonly last: LogRow;
  readonly size: number;
}

/**
 * Whether `row`, which follows `run`, is painted with it. A run is a stack or repeats, never both. Nothing hides under
 * a weaker level, and only neighbours are ever one row.
 */
export function joins(row: LogRow, { head, last, size }: Run, folding: Folding): boolean {
  if (row.kind !== "line" || head.kind !== "line" || row.source !== head.source) return false;
  const isRepeats = size > 1 && isRepeatOf(last, head);
  if (folding.repeats && (size === 1 || isRepeats) && isRepeatOf(row, head)) return true;
  return folding.stacks && !isRepeats && size < viewerLimits.foldedLinesMax && continues(row, head);
}

function continues({ entry: row }: LineRow, { entry: head }: LineRow): boolean {
  return (
    row.requestId === head.requestId &&
    Math.abs(row.timestamp - head.timestamp) <= viewerLimits.foldWithinMs &&
    LOG_LEVELS.indexOf(row.level) <= LOG_LEVELS.indexOf(head.level) &&
    looksContinued(row.message) &&
    !looksContinued(head.message)
  );
}

const CONTINUED = /^(?:\s|at |Caused by)/;
const ESCAPE = "\u001b";

const looksContinued = (message: string): boolean =>
  CONTINUED.test(message.startsWith(ESCAPE) ? withoutEscapes(message.slice(0, 200)) : message);
