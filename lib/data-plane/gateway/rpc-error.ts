import type { ServerResponse } from "node:http";
import type { Outcome } from "#lib/contract/index.ts";
import type { DomainError, ErrorCode } from "#lib/kernel/errors.ts";
import type { RpcId } from "./messages.ts";

/** How an error of ours looks to an MCP client, and how the request log calls it. */
interface RpcErrorShape {
  httpStatus: number;
  /** −32000…−32019 are ours to define; −32020 and below belong to the specification. */
  rpcCode: number;
  outcome: Outcome;
}

/** Total on purpose: a new error code without a translation does not compile. */
const SHAPES = {
  invalid_input: { httpStatus: 400, rpcCode: -32600, outcome: "protocol_error" },
  unauthenticated: { httpStatus: 401, rpcCode: -32010, outcome: "auth_denied" },
  forbidden: { httpStatus: 403, rpcCode: -32011, outcome: "auth_denied" },
  not_found: { httpStatus: 404, rpcCode: -32004, outcome: "protocol_error" },
  conflict: { httpStatus: 409, rpcCode: -32000, outcome: "protocol_error" },
  precondition_failed: { httpStatus: 412, rpcCode: -32000, outcome: "protocol_error" },
  payload_too_large: { httpStatus: 413, rpcCode: -32013, outcome: "too_large" },
  unsupported_media_type: { httpStatus: 415, rpcCode: -32600, outcome: "protocol_error" },
  method_not_allowed: { httpStatus: 405, rpcCode: -32600, outcome: "protocol_error" },
  not_acceptable: { httpStatus: 406, rpcCode: -32600, outcome: "protocol_error" },
  unprocessable: { httpStatus: 422, rpcCode: -32600, outcome: "protocol_error" },
  rate_limited: { httpStatus: 429, rpcCode: -32012, outcome: "rate_limited" },
  limit_reached: { httpStatus: 429, rpcCode: -32012, outcome: "rate_limited" },
  payment_required: { httpStatus: 402, rpcCode: -32014, outcome: "credit_denied" },
  server_inactive: { httpStatus: 409, rpcCode: -32005, outcome: "protocol_error" },
  bundle_refused: { httpStatus: 502, rpcCode: -32006, outcome: "runtime_error" },
  runtime_failed: { httpStatus: 502, rpcCode: -32006, outcome: "runtime_error" },
  upstream_failed: { httpStatus: 502, rpcCode: -32007, outcome: "upstream_error" },
  timeout: { httpStatus: 504, rpcCode: -32008, outcome: "timeout" },
  unavailable: { httpStatus: 503, rpcCode: -32009, outcome: "runtime_error" },
  internal: { httpStatus: 500, rpcCode: -32603, outcome: "runtime_error" },
} as const satisfies Record<ErrorCode, RpcErrorShape>;

export const shapeOfError = (code: ErrorCode): RpcErrorShape => SHAPES[code];

/** A JSON-RPC error as text. The message ends with the request id, since many clients show nothing else. */
export function rpcErrorText(id: RpcId, rpcCode: number, error: DomainError, requestId: string): string {
  const { code, retryable, retryAfterSeconds } = error;
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    error: {
      code: rpcCode,
      message: `${error.message} (request ${requestId})`,
      data: { code, requestId, retryable, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
    },
  });
}

/** Ends an exchange with a JSON body. Does nothing when the answer has begun or the client is gone. */
export function sendJson(
  res: ServerResponse,
  httpStatus: number,
  body: string,
  headers: readonly string[],
): number {
  if (res.headersSent || res.destroyed) return 0;
  const bytes = Buffer.byteLength(body);
  res.writeHead(httpStatus, [
    ...headers,
    "content-type",
    "application/json",
    "content-length",
    String(bytes),
    "cache-control",
    "no-store",
  ]);
  res.end(body);
  return bytes;
}
