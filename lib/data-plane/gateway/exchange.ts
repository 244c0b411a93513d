import { hash } from "node:crypto";
import type { Era, Outcome, Source } from "#lib/contract/index.ts";
import type { FactBilling, FactDecision } from "#lib/domain/requests/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { GatewayEntry, ServerEntry, VersionRef } from "../directory/index.ts";
import { bill, type Meter } from "../metering/index.ts";
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
  kind: "anonymous" | "key" | "agent" | "oauth" | "internal";
  /**
   * `anonymous`, `key:key_…`, `agent:agt_…`, `oauth:<hash of the issuer> <subject>`, or `internal`: what sessions and limits
   * are bound to.
   */
  id: string;
  /** As people read it in logs: `oauth:<subject>` without the issuer. */
  label: string;
  /** Of keys only, an agent's included. */
  keyId: string | null;
  /** Of agents only. */
  agentId: string | null;
  /** What its traffic is called; null: what the request says. */
  source: Source | null;
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
  /** What the request says; once it is known who calls, what that is called. */
  source: Source;
  /** A check of ours that is treated as this agent. */
  readonly asAgentId: string | null;
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

/**
 * The fact about one message, complete. `elapsedMs` counts from the arrival of the exchange. Ends the hold of a tool call:
 * each call is reported once.
 */
export function factOf(
  exchange: Exchange,
  call: Call,
  elapsedMs: number,
  meter: Pick<Meter, "settle"> | null,
): RequestFact {
  const { server, client } = exchange;
  const { nameCharactersMax, errorCharactersMax } = limits.mcp;
  const outcome = call.outcome ?? "ok";
  const durationMs = call.durationMs ?? elapsedMs;
  return {
    id: call.id,
    organizationId: server.organizationId,
    serverId: server.id,
    versionId: exchange.versionId,
    requestId: exchange.requestId,
    outcome,
    kind: call.kind,
    era: exchange.era,
    method: cut(call.method, nameCharactersMax),
    tool: cut(call.tool, nameCharactersMax),
    source: exchange.source,
    clientName: cut(client?.name ?? null, nameCharactersMax),
    clientVersion: cut(client?.version ?? null, nameCharactersMax),
    sessionHash: exchange.session === null ? null : sessionHashOf(exchange.session),
    agentId: exchange.principal?.agentId ?? null,
    gatewayId: exchange.gateway?.id ?? null,
    httpStatus: exchange.httpStatus,
    rpcErrorCode: call.rpcErrorCode,
    error: cut(call.error, errorCharactersMax),
    durationMs,
    requestBytes: call.requestBytes,
    responseBytes: call.responseBytes,
    traceId: exchange.trace.traceId,
    parentSpanId: exchange.trace.parentSpanId,
    decision: exchange.decision,
    endUser: call.endUser,
    agentSession: call.agentSession,
    billing: call.method === "tools/call" ? billingOf(exchange, call, { outcome, durationMs }, meter) : null,
    bodies: call.said === null ? null : bodiesOf(call.said),
    retentionDays: server.retentionDays,
  };
}

function billingOf(
  { server, source }: Exchange,
  { kind, hold, responseBytes }: Call,
  { outcome, durationMs }: { outcome: Outcome; durationMs: number },
  meter: Pick<Meter, "settle"> | null,
): FactBilling {
  const ended = { server, source, kind, hold, responseBytes, outcome, durationMs };
  return meter === null ? bill(ended).billing : meter.settle(ended);
}
