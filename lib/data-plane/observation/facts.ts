import type { ConsoleMethod, UpstreamOutcome } from "#lib/contract/index.ts";
import type { ConsoleFact, MessageBodies, RequestFact, UpstreamFact } from "#lib/domain/requests/index.ts";

/**
 * What the data plane observed. Facts leave the request path through bounded queues; nothing there waits for the
 * database.
 */
export type { ConsoleFact, MessageBodies, RequestFact, UpstreamFact, UpstreamOutcome };

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
  /** Size in characters before the runtime itself cut the message; absent when it did not. */
  charactersBeforeCut?: number;
  /** How many lines were not kept that this line, of the platform, stands for; absent on every other line. */
  lostLines?: number;
}

/** One outbound HTTP call of hosted code, as the egress proxy saw it. */
export interface UpstreamCallFact {
  organizationId: string;
  serverId: string;
  versionId: string | null;
  /** UUID of the MCP exchange that made the call, when it is known. */
  requestId: string | null;
  /** Epoch milliseconds. */
  startedAtMs: number;
  method: string;
  /** Scheme, host and path; never the query or credentials, which may hold secrets. A path may too: it is redacted. */
  url: string;
  /** Status of the upstream's answer; null when there was none. */
  httpStatus: number | null;
  outcome: UpstreamOutcome;
  /** Public text of what went wrong. */
  error: string | null;
  durationMs: number;
  requestBytes: number;
  responseBytes: number;
}

/** Where facts go. All calls are synchronous, never throw and never block. */
export interface ObservationSink {
  /** `bodies` are as they passed: they are cut and redacted before anything is kept of them. */
  request(fact: RequestFact): void;
  console(line: RawConsoleLine): void;
  /** Optional: sinks that do not keep upstream calls leave it out. */
  upstreamCall?(fact: UpstreamCallFact): void;
}
