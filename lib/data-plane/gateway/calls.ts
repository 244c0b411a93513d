import type { Outcome, RequestKind } from "#lib/contract/index.ts";
import type { Hold } from "../metering/index.ts";
import type { Answer } from "./answers.ts";
import type { InboundMessage, RpcId } from "./messages.ts";
import type { Said } from "./said.ts";

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
  /** Whom an agent says it works for, and in which conversation; null for other callers. */
  endUser: string | null;
  agentSession: string | null;
  /** What is set aside for it while it runs; null where nothing is. */
  hold: Hold | null;
  /** What was asked and answered; null where it is not recorded. */
  said: { request: Said | null; response: Said | null } | null;
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
    endUser: null,
    agentSession: null,
    hold: null,
    said: null,
  };
}

/** How an answer came. */
export interface AnswerOnWire {
  /** What it took on the wire, when that is known. */
  bytes: number | null;
  /** Null where it is not recorded. */
  said: Said | null;
}

/** Notes the answer to a call; the first one counts. */
export function answerCall(
  call: Call,
  answer: Answer,
  { bytes, said }: AnswerOnWire,
  durationMs: number,
): void {
  if (call.outcome !== null) return;
  if (call.said) call.said.response = said;
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
