import { hash } from "node:crypto";
import type { Era, Source } from "#lib/contract/index.ts";
import type { FactDecision } from "#lib/domain/requests/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { GatewayEntry, ServerEntry, VersionRef } from "../directory/index.ts";
import type { MessageBodies, RequestFact } from "../observation/index.ts";
import type { Call } from "./calls.ts";
import type { TraceContext } from "./trace-context.ts";

/** Who is calling, as far as it said so. */
export interface ClientName {
  name: string | null;
  version: string | null;
}

/** Who calls, as the gateway found out. */
export interface Principal {
  kind: "anonymous" | "key" | "oauth" | "internal";
  /** `anonymous`, `key:key_…`, `oauth:<hash of the issuer> <subject>`, or `internal`: what sessions and limits are bound to. */
  id: string;
  /** As people read it in logs: `oauth:<subject>` without the issuer. */
  label: string;
  /** Of keys only. */
  keyId: string | null;
  /** Claims of a verified token, for grants; null for others. */
  claims: Readonly<Record<string, unknown>> | null;
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
  /** The gateway whose URL was called; null on a direct URL. */
  readonly gateway: GatewayEntry | null;
  /** The version whose own URL was called, or that opened the session; null: the active one. */
  version: VersionRef | null;
  /** Who calls; null until it is known. */
  principal: Principal | null;
  decision: FactDecision | null;
  /** Which tools the caller may see and call; null: all. */
  toolFilter: ((tool: string) => boolean) | null;
  /** Headers of every answer: request id, cross-origin permissions. */
  readonly answerHeaders: readonly string[];
  /** The session id as the client knows it: sealed by us. */
  session: string | null;
  /** The session id as the server knows it. */
  upstreamSession: string | null;
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

const bodiesOf = ({ request, response }: NonNullable<Call["said"]>): MessageBodies => ({
  request: request?.text ?? null,
  response: response?.text ?? null,
  requestBytes: request?.bytes ?? 0,
  responseBytes: response?.bytes ?? 0,
});

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
    gatewayId: exchange.gateway?.id ?? null,
    httpStatus: exchange.httpStatus,
    rpcErrorCode: call.rpcErrorCode,
    error: cut(call.error, errorCharactersMax),
    durationMs: call.durationMs ?? durationMs,
    requestBytes: call.requestBytes,
    responseBytes: call.responseBytes,
    traceId: exchange.trace.traceId,
    parentSpanId: exchange.trace.parentSpanId,
    decision: exchange.decision,
    bodies: call.said === null ? null : bodiesOf(call.said),
    retentionDays: server.retentionDays,
  };
}
