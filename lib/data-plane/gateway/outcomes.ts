import type { Outcome } from "#lib/contract/index.ts";
import { type Call, endCall } from "./calls.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Gives every call that no answer decided its outcome, from the HTTP status alone, and recognises probes: a client
 * finding out what the server can do gets refusals that are no errors.
 */
export function concludeCalls(exchange: Exchange, calls: readonly Call[]): void {
  for (const call of calls) {
    if (isProbe(exchange, call)) {
      call.kind = "probe";
      call.outcome = "ok";
      call.rpcErrorCode = null;
      call.error = null;
    } else if (call.outcome === null) {
      const { outcome, error } = outcomeOfStatus(exchange, call);
      endCall(call, outcome, error);
    }
    if (call.responseBytes === 0) call.responseBytes = ownShareOf(exchange, call);
  }
}

/** What an answer took whose size nobody saw: of a batch, each answer an equal part. */
function ownShareOf({ calls, responseBytes }: Exchange, call: Call): number {
  if (calls.length === 1) return responseBytes;
  const answered = calls.filter(({ key }) => key !== null).length;
  return call.key === null || answered === 0 ? 0 : Math.floor(responseBytes / answered);
}

function isProbe(exchange: Exchange, call: Call): boolean {
  const { httpStatus, session } = exchange;
  const isRefused = httpStatus >= 400 && httpStatus < 500;
  switch (call.kind) {
    // A stateless server answers 405 to both; a GET without a session is refused by a stateful one.
    case "listen":
      return (
        call.method === null && isRefused && httpStatus !== 429 && (httpStatus === 405 || session === null)
      );
    case "session_end":
      return httpStatus === 405;
    case "request":
      return (
        call.method === "server/discover" &&
        call.outcome !== "ok" &&
        (isRefused || call.outcome === "protocol_error")
      );
    default:
      return false;
  }
}

function outcomeOfStatus(exchange: Exchange, call: Call): { outcome: Outcome; error: string | null } {
  const { httpStatus } = exchange;
  const failed: Outcome = exchange.server.kind === "hosted" ? "runtime_error" : "upstream_error";
  if (httpStatus >= 500) return { outcome: failed, error: `The server answered with HTTP ${httpStatus}.` };
  if (httpStatus >= 400)
    return { outcome: "protocol_error", error: `The server answered with HTTP ${httpStatus}.` };
  if (call.kind === "request")
    return { outcome: failed, error: "The server's answer held no JSON-RPC response to this request." };
  return { outcome: "ok", error: null };
}
