import type { ConnectionState } from "./connection.ts";
import type { LogFilter } from "./filter.ts";
import type { FindState } from "./find.ts";
import type { Folding } from "./folding.ts";
import type { LinePlace } from "./history.ts";
import type { RowsView } from "./painted-rows.ts";

export type PauseReason = "scroll" | "key" | "selection" | "opened" | "find" | "asked" | "linked";

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
  /** How the log canary of the server's edge fares; `unknown` while nobody says. */
  readonly canary: CanaryState;
}

export interface CanaryState {
  readonly state: "ok" | "late" | "lost" | "stale" | "unknown";
  readonly lagMs: number | null;
}

/** What is known of the stream of one server. */
export interface SourceSnapshot extends StreamFactsSnapshot {
  readonly connection: ConnectionState;
  readonly dropped: number;
}

/** Everything a viewer paints, as of one moment. */
export interface ViewerSnapshot extends SourceSnapshot {
  /** Each server's stream, in the order of their numbers in rows; what stands beside it is all of them together. */
  readonly sources: readonly SourceSnapshot[];
  readonly view: RowsView;
  readonly paused: PauseState | null;
  readonly filter: LogFilter;
  /** Why the filter's regular expression was taken away; null when it was not. */
  readonly filterProblem: string | null;
  readonly folding: Folding;
  readonly find: FindState;
  readonly held: number;
  readonly heldMax: number;
  /** Height of a live list when rows wrap; see `LogStreamStore.wrapTo`. */
  readonly liveHeightPx: number;
  /** Row number of the newest row that was there at the last pause; a line is drawn behind it. Null: none. */
  readonly seenTo: number | null;
  readonly older: OlderState;
  readonly linked: LinkedState | null;
  /** Row number of the line that a link or "show in context" asked for; null when it is not shown. */
  readonly lit: number | null;
}

/** Whether lines older than those held can be loaded. `none`: nothing is stored. `end`: the oldest stored is shown. */
export interface OlderState {
  readonly state: "none" | "ready" | "loading" | "failed" | "end";
  readonly message?: string;
}

/** What became of a link to a line. `missing`: it is not stored (any more). */
export interface LinkedState {
  readonly place: LinePlace;
  readonly state: "loading" | "shown" | "missing" | "failed";
  readonly message?: string;
}
