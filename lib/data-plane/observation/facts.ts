import type {
  ConsoleMethod,
  Era,
  LogEntry,
  LogLevel,
  Outcome,
  RequestKind,
  Source,
} from "#lib/contract/index.ts";

/**
 * What the data plane observed. Facts leave the request path through bounded queues; nothing there waits for the
 * database.
 */

/** One MCP message that passed, complete when its exchange ended. */
export interface RequestFact {
  /** UUIDv7 whose time is when the message arrived. */
  id: string;
  organizationId: string;
  serverId: string;
  versionId: string | null;
  /** UUID of the HTTP exchange; equals `id` for its first message. */
  requestId: string;
  outcome: Outcome;
  kind: RequestKind;
  era: Era | null;
  method: string | null;
  tool: string | null;
  source: Source;
  clientName: string | null;
  clientVersion: string | null;
  sessionHash: string | null;
  agentId: string | null;
  gatewayId: string | null;
  httpStatus: number;
  rpcErrorCode: number | null;
  /** Public text of what went wrong, at most 1,000 characters. */
  error: string | null;
  durationMs: number;
  requestBytes: number;
  responseBytes: number;
  traceId: string | null;
  /** Days of history of the server; 0 means: count, but store no row. */
  retentionDays: number;
}

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

/** A console line after ingest: what the hub fans out and the writer stores. */
export interface ConsoleFact {
  /** UUIDv7 whose time is `timestampMs`. */
  id: string;
  organizationId: string;
  serverId: string;
  versionId: string | null;
  requestId: string | null;
  epoch: string;
  seq: number;
  timestampMs: number;
  level: LogLevel;
  method: ConsoleMethod;
  message: string;
  truncated: boolean;
  /** Size in bytes before the cut. */
  bytes: number;
  retentionDays: number;
}

/** The wire form of a console fact. */
export type { LogEntry };

/** Where facts go. All calls are synchronous, never throw and never block. */
export interface ObservationSink {
  request(fact: RequestFact): void;
  console(line: RawConsoleLine): void;
}
