import type { ConnectionState } from "./connection.ts";
import type { LogFilter } from "./filter.ts";
import type { FindState } from "./find.ts";
import type { LogRow } from "./rows.ts";

export type PauseReason = "scroll" | "key" | "selection" | "opened" | "find" | "asked";

/** The rows to paint. A frozen list never changes; a live one is valid until the next snapshot. */
export interface RowsView {
  readonly isFrozen: boolean;
  /** Changes when the list is another one, not when rows were appended. */
  readonly revision: number;
  readonly count: number;
  /** Position of the first row: `position + index` stays with a row while others come and go. */
  readonly firstPosition: number;
  rowAt(index: number): LogRow | undefined;
}

export interface PauseState {
  readonly reason: PauseReason;
  /** Lines that arrived since, and how many of them were errors. */
  readonly newLines: number;
  readonly newErrors: number;
}

/** What is known of the stream beside its lines. */
export interface StreamFactsSnapshot {
  /** Null while not connected. */
  readonly viewers: number | null;
  readonly viewersMax: number;
  /** Days that lines are kept as the server says; null before the first connection. */
  readonly retentionDays: number | null;
  /** Lines per second: of the server, null while not known, and of what is shown here. */
  readonly serverRate: number | null;
  readonly shownRate: number;
  readonly lagMs: number | null;
  /** Lines that arrived live, and how many of them were errors. */
  readonly received: number;
  readonly errors: number;
}

/** Everything a viewer paints, as of one moment. */
export interface ViewerSnapshot extends StreamFactsSnapshot {
  readonly connection: ConnectionState;
  readonly view: RowsView;
  readonly paused: PauseState | null;
  readonly filter: LogFilter;
  readonly find: FindState;
  readonly dropped: number;
  readonly held: number;
  readonly heldMax: number;
  /** Height of a live list when rows wrap; see `LogStreamStore.wrapTo`. */
  readonly liveHeightPx: number;
  /** Row number of the newest row that was there at the last pause; a line is drawn behind it. Null: none. */
  readonly seenTo: number | null;
}
