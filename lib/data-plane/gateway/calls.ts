import type { Outcome, RequestKind } from "#lib/contract/index.ts";
import type { Answer } from "./answers.ts";
import type { InboundMessage, RpcId } from "./messages.ts";

/** One message of an exchange on its way to becoming a request fact. */
export interface Call {
  /** UUIDv7. */
  id: string;
  kind: RequestKind;
  rpcId: RpcId;
  /** Tells 1 from "1"; null when nothing answers this message. */
  key: string | null;
  method: string | null;
  tool: string | null;
  requestBytes: number;
  responseBytes: number;
  /** Null until it is known how the message ended. */
  outcome: Outcome | null;
  rpcErrorCode: number | null;
  error: string | null;
  /** Milliseconds since the exchange began; null until it is known. */
  durationMs: number | null;
  /** The client said that it no longer wants the answer. */
  isCanceled: boolean;
}

export const keyOfId = (id: RpcId): string | null =>
  id === null ? null : `${typeof id === "number" ? "n" : "s"}${id}`;

export function createCall(
  id: string,
  kind: RequestKind,
  message: InboundMessage | null,
  requestBytes: number,
): Call {
  return {
    id,
    kind,
    rpcId: message?.kind === "request" ? message.id : null,
    key: message?.kind === "request" ? keyOfId(message.id) : null,
    method: message?.method ?? null,
    tool: message?.tool ?? null,
    requestBytes,
    responseBytes: 0,
    outcome: null,
    rpcErrorCode: null,
    error: null,
    durationMs: null,
    isCanceled: false,
  };
}

/** Notes the answer to a call; the first one counts. */
export function answerCall(call: Call, answer: Answer, bytes: number | null, durationMs: number): void {
  if (call.outcome !== null) return;
  call.outcome = answer.outcome;
  call.rpcErrorCode = answer.rpcErrorCode;
  call.error = answer.error;
  call.durationMs = durationMs;
  if (bytes !== null) call.responseBytes = bytes;
}

/** Ends a call without an answer; does nothing when it has one. */
export function endCall(call: Call, outcome: Outcome, error: string | null): void {
  if (call.outcome !== null) return;
  call.outcome = call.isCanceled ? "canceled" : outcome;
  call.error = call.isCanceled ? null : error;
}
