import type { Clock } from "#lib/kernel/clock.ts";
import type { StatusAnswer } from "./connection.ts";
import type { LogHistory } from "./history.ts";
import type { WorkerLike } from "./regex-searcher.ts";

/** The part of a WebSocket that is used here. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

/** Ends what was started; more than one call does nothing. */
export type Cancel = () => void;

/** Everything outside that a log viewer needs, so that tests own it. */
export interface LogStreamEnvironment {
  openSocket(): SocketLike;
  /** Asks whether a viewer may connect now. Never throws: a failure is an answer of its own. */
  checkStatus(signal: AbortSignal): Promise<StatusAnswer>;
  startRegexWorker(): WorkerLike;
  /** The stored lines of the server. */
  readonly history: LogHistory;
  readonly clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** Calls back once before the next paint, or soon when nothing is painted. */
  beforePaint(callback: () => void): Cancel;
  after(delayMs: number, callback: () => void): Cancel;
}
