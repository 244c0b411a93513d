import type { LogEntry, LogLevel } from "#lib/contract/log-stream.ts";

/** Why lines are missing at a place. `unexplained`: the stream skipped them without saying so. */
export type GapReason = "slow_viewer" | "no_longer_buffered" | "epoch_changed" | "unexplained";

/** One console line. `n` names the row for as long as the viewer lives and is never given to another row. */
export interface LineRow {
  readonly kind: "line";
  readonly n: number;
  readonly entry: LogEntry;
}

/** A place where lines are missing. */
export interface GapRow {
  readonly kind: "gap";
  readonly n: number;
  /** Sequence number of the last missing line. */
  readonly to: number;
  /** Exactly how many lines are missing; null when nobody can know. */
  readonly count: number | null;
  readonly byLevel: Readonly<Partial<Record<LogLevel, number>>>;
  readonly reason: GapReason;
  /** Time of the line before and of the line after; null when there is none (yet). */
  readonly afterMs: number | null;
  readonly untilMs: number | null;
}

/** A remark of the viewer itself between lines. */
export interface MarkRow {
  readonly kind: "mark";
  readonly n: number;
  /** `live`: lines above were replayed, lines below arrived live. `trimmed`: older lines left the buffer here. */
  readonly mark: "live" | "trimmed";
  readonly count: number;
}

export type LogRow = LineRow | GapRow | MarkRow;

/** Row number of the one `trimmed` mark. */
export const TRIMMED_MARK = -1;

export const isErrorRow = (row: LogRow): boolean => row.kind === "line" && row.entry.level === "error";
