import type {
  ConsoleMethod,
  DecisionReason,
  Era,
  Explanation,
  LogLevel,
  Outcome,
  RequestKind,
  Source,
  UpstreamOutcome,
} from "#lib/contract/index.ts";
import type { Charge } from "../ledger/index.ts";

export type { Charge };

/** Why a request was allowed or denied, as it is stored. */
export interface FactDecision {
  reason: DecisionReason;
  /** `anonymous`, `key:key_…`, `oauth:<subject>` or `internal`; null before it was known. */
  principal: string | null;
  grantId: string | null;
  /** Of denials only; never holds a token or a key. */
  explanation: Explanation | null;
}

/** Whether a message was billed, and by what. */
export interface FactBilling {
  /** `billed`, or `zero_rated:` and a `ZeroRate`. */
  verdict: string;
  /** Of billed calls only. */
  charge: Charge | null;
}

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
  /** The span of the client that made the call, 16 hexadecimal characters; for traces only, not stored. */
  parentSpanId?: string | null;
  /** What the gateway decided; null where nothing was to decide. */
  decision: FactDecision | null;
  /** Who the agent said it works for, and in which conversation; absent and null where it said nothing. */
  endUser?: string | null;
  agentSession?: string | null;
  /** Absent and null where nothing was metered. */
  billing?: FactBilling | null;
  /** Days of history of the server; 0 means: count, but store no row. */
  retentionDays: number;
  /** Absent and null where the server does not record them. */
  bodies?: MessageBodies | null;
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
  /** How many lines were not kept that this one stands for. For viewers; it is not stored. */
  lostLines?: number;
}

/** One outbound HTTP call of hosted code, redacted: what the writer stores. */
export interface UpstreamFact {
  /** UUIDv7 whose time is when the call began. */
  id: string;
  organizationId: string;
  serverId: string;
  versionId: string | null;
  /** UUID of the MCP exchange that made the call, when it is known. */
  requestId: string | null;
  method: string;
  /** Scheme, host and path; never the query or credentials. */
  url: string;
  /** Null when the upstream gave no answer. */
  httpStatus: number | null;
  outcome: UpstreamOutcome;
  /** Public text of what went wrong. */
  error: string | null;
  durationMs: number;
  requestBytes: number;
  responseBytes: number;
  retentionDays: number;
}

/** What was said in one message, redacted and cut: only of servers that record bodies. */
export interface MessageBodies {
  /** The JSON-RPC message that came in and the one that went out, as text; null when there was none. */
  request: string | null;
  response: string | null;
  /** Sizes in bytes before the cut. */
  requestBytes: number;
  responseBytes: number;
}

/** Facts that are written together. They may be written again after a lost answer, in any grouping: each counts once. */
export interface RequestBatch {
  facts: readonly RequestFact[];
  /** Where the facts were observed. */
  region: string;
  node: string;
}
