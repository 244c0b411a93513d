import type { ServerResponse } from "node:http";
import type { DomainError } from "#lib/kernel/errors.ts";
import { type Call, endCall } from "./calls.ts";
import type { Exchange } from "./exchange.ts";
import { rpcErrorText, sendJson, shapeOfError } from "./rpc-error.ts";

/** Answers the calls with an error inside an event stream that has begun; `isInEvent` closes a half event first. */
export function appendErrors(
  res: ServerResponse,
  exchange: Exchange,
  calls: readonly Call[],
  { error, isInEvent }: { error: DomainError; isInEvent: boolean },
): void {
  const shape = shapeOfError(error.code);
  let text = isInEvent ? "\n\n" : "";
  for (const call of calls) {
    const body = rpcErrorText(call.rpcId, shape.rpcCode, error, exchange.wireId);
    text += `event: message\ndata: ${body}\n\n`;
    endCall(call, shape.outcome, error.message);
    call.rpcErrorCode = shape.rpcCode;
  }
  exchange.responseBytes += Buffer.byteLength(text);
  if (!res.writableEnded && !res.destroyed) res.write(text);
}

/** Answers an exchange whose answer has not begun with an error; `open` are its calls without one. */
export function answerWithError(
  res: ServerResponse,
  exchange: Exchange,
  open: readonly Call[],
  error: DomainError,
): void {
  const shape = shapeOfError(error.code);
  // An agent can read a JSON-RPC error that comes with 200; of other statuses most clients show raw text.
  const status = open.length > 0 ? 200 : shape.httpStatus;
  const texts = (open.length > 0 ? open : [null]).map((call) =>
    rpcErrorText(call?.rpcId ?? null, shape.rpcCode, error, exchange.wireId),
  );
  const body = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(",")}]`;
  exchange.httpStatus = status;
  exchange.responseBytes += sendJson(res, status, body, exchange.answerHeaders);
  for (const call of open) call.rpcErrorCode = shape.rpcCode;
}
