import type { ConsoleMethod, LogEntry } from "#lib/contract/index.ts";
import type { ConsoleFact, RequestFact } from "#lib/domain/requests/index.ts";

/**
 * What the data plane observed. Facts leave the request path through bounded queues; nothing there waits for the
 * database.
 */
export type { ConsoleFact, LogEntry, RequestFact };

/** A console line as the runtime reported it, before ingest cuts, redacts and numbers it. */
export interface RawConsoleLine {
  serverId: string;
  versionId: string | null;
  /** Epoch milliseconds; 0 when the runtime had no clock yet (module scope). */
  timestampMs: number;
  method: ConsoleMethod;
  message: string;
  /** UUID that the gateway gave the request, when the line belongs to one. */
  requestId: string | null;
}

/** Where facts go. All calls are synchronous, never throw and never block. */
export interface ObservationSink {
  request(fact: RequestFact): void;
  console(line: RawConsoleLine): void;
}
