import type { LogEntry, LogLevel } from "#lib/contract/log-stream.ts";
import type { LogFilter } from "./filter.ts";

/** Why lines are missing at a place. `unexplained`: the stream skipped them without saying so. */
export type GapReason = "slow_viewer" | "no_longer_buffered" | "epoch_changed" | "unexplained";

/** One console line. `n` names the row for as long as the viewer lives and is never given to another row. */
export interface LineRow {
  readonly kind: "line";
  readonly n: number;
  readonly entry: LogEntry;
  /** The life of the server's log in which `entry.seq` counts. */
  readonly epoch: string;
  /** Which of the servers watched together wrote it, counted from 0. */
  readonly source: number;
}

/** A place where lines are missing. */
export interface GapRow {
  readonly kind: "gap";
  readonly n: number;
  readonly source: number;
  /** Sequence numbers of the first and the last line that may be missing, in `epoch`. */
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  /** Exactly how many lines are missing; null when nobody can know. */
  readonly count: number | null;
  readonly byLevel: Readonly<Partial<Record<LogLevel, number>>>;
  readonly reason: GapReason;
  /** Time of the line before and of the line after; null when there is none (yet). */
  readonly afterMs: number | null;
  readonly untilMs: number | null;
  /** Set when `count` counts only the lines that this filter wants. */
  readonly counted?: LogFilter;
  /** What came of loading the lines from history; absent before anybody tried. */
  readonly history?: GapHistory;
}

/**
 * `loading`: asked. `failed`: the history could not be read; `message` says why. `absent`: everything that is stored
 * was loaded, the rest is not there.
 */
export interface GapHistory {
  readonly state: "loading" | "failed" | "absent";
  readonly message?: string;
}

/** A remark of the viewer itself between lines. */
export interface MarkRow {
  readonly kind: "mark";
  readonly n: number;
  /**
   * `live`: lines above were replayed, lines below arrived live. `trimmed`: lines left the buffer here. `renumbered`:
   * the server's log began to count anew here. `newer`: what follows a linked line
   * is not shown here.
   */
  readonly mark: "live" | "trimmed" | "renumbered" | "newer";
  readonly count: number;
}

export type LogRow = LineRow | GapRow | MarkRow;

export const isErrorRow = (row: LogRow): boolean => row.kind === "line" && row.entry.level === "error";
