import { hash } from "node:crypto";
import type { Era, Source } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerEntry } from "../directory/index.ts";
import type { RequestFact } from "../observation/index.ts";
import type { Call } from "./calls.ts";
import type { TraceContext } from "./trace-context.ts";

/** Who is calling, as far as it said so. */
export interface ClientName {
  name: string | null;
  version: string | null;
}

/** One HTTP exchange on its way through the steps. Holds no socket: a parked call keeps it for minutes. */
export interface Exchange {
  readonly server: ServerEntry;
  /** UUIDv7; also the id of the first message. */
  readonly requestId: string;
  /** `req_…`: what callers and servers see. */
  readonly wireId: string;
  readonly source: Source;
  readonly trace: TraceContext;
  /** Epoch and monotonic milliseconds of arrival. */
  readonly arrivedMs: number;
  readonly startedMs: number;
  /** Query string with its question mark, or empty. */
  readonly search: string;
  /** Headers of every answer: request id, cross-origin permissions. */
  readonly answerHeaders: readonly string[];
  session: string | null;
  era: Era | null;
  client: ClientName | null;
  versionId: string | null;
  calls: Call[];
  httpStatus: number;
  responseBytes: number;
}

/** First 16 hexadecimal characters of the SHA-256 of a session id, which itself is never stored. */
export const sessionHashOf = (session: string): string => hash("sha256", session, "hex").slice(0, 16);

const cut = (text: string | null, charactersMax: number): string | null =>
  text !== null && text.length > charactersMax ? text.slice(0, charactersMax) : text;

/** The fact about one message, complete. `durationMs` counts from the arrival of the exchange. */
export function factOf(exchange: Exchange, call: Call, durationMs: number): RequestFact {
  const { server, client } = exchange;
  const { nameCharactersMax, errorCharactersMax } = limits.mcp;
  return {
    id: call.id,
    organizationId: server.organizationId,
    serverId: server.id,
    versionId: exchange.versionId,
    requestId: exchange.requestId,
    outcome: call.outcome ?? "ok",
    kind: call.kind,
    era: exchange.era,
    method: cut(call.method, nameCharactersMax),
    tool: cut(call.tool, nameCharactersMax),
    source: exchange.source,
    clientName: cut(client?.name ?? null, nameCharactersMax),
    clientVersion: cut(client?.version ?? null, nameCharactersMax),
    sessionHash: exchange.session === null ? null : sessionHashOf(exchange.session),
    agentId: null,
    gatewayId: null,
    httpStatus: exchange.httpStatus,
    rpcErrorCode: call.rpcErrorCode,
    error: cut(call.error, errorCharactersMax),
    durationMs: call.durationMs ?? durationMs,
    requestBytes: call.requestBytes,
    responseBytes: call.responseBytes,
    traceId: exchange.trace.traceId,
    retentionDays: server.retentionDays,
  };
}
