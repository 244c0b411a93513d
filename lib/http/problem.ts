import type { Problem } from "#lib/contract/index.ts";
import { type DomainError, ERROR_CODES, type ErrorCode } from "#lib/kernel/errors.ts";

/** How each error code reads in HTTP. Total: a new code without a status does not compile. */
const PROBLEMS = {
  invalid_input: { status: 400, title: "The request is not valid" },
  unauthenticated: { status: 401, title: "Not signed in" },
  payment_required: { status: 402, title: "Payment required" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  not_acceptable: { status: 406, title: "Not acceptable" },
  conflict: { status: 409, title: "Conflict" },
  server_inactive: { status: 409, title: "The server is not active" },
  limit_reached: { status: 409, title: "A limit is reached" },
  precondition_failed: { status: 412, title: "It has changed in the meantime" },
  payload_too_large: { status: 413, title: "Too large" },
  unsupported_media_type: { status: 415, title: "Unsupported media type" },
  unprocessable: { status: 422, title: "Cannot be processed" },
  bundle_refused: { status: 422, title: "The bundle was refused" },
  rate_limited: { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Internal error" },
  runtime_failed: { status: 502, title: "The runtime failed" },
  upstream_failed: { status: 502, title: "The upstream failed" },
  unavailable: { status: 503, title: "Unavailable" },
  timeout: { status: 504, title: "Timed out" },
} as const satisfies Record<ErrorCode, { status: number; title: string }>;

export const statusOf = (code: ErrorCode): number => PROBLEMS[code].status;
/** The codes that answer with `status`, for documentation. */
export const codesOfStatus = (status: number): ErrorCode[] =>
  ERROR_CODES.filter((code) => PROBLEMS[code].status === status);
export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** The RFC 9457 body of an error. `instance` is the path that was asked for. */
export function problemOf(error: DomainError, requestId: string, instance: string): Problem {
  const { status, title } = PROBLEMS[error.code];
  return {
    type: `urn:mcpstack:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    instance,
    code: error.code,
    message: error.message,
    requestId,
    retryable: error.retryable,
    errors: [...error.errors],
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
  };
}

/** The response of an error, without the headers that every response carries. */
export function problemResponse(error: DomainError, requestId: string, instance: string): Response {
  const headers = new Headers({ "content-type": PROBLEM_MEDIA_TYPE });
  if (error.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(Math.max(1, Math.ceil(error.retryAfterSeconds))));
  }
  if (error.code === "unauthenticated") headers.set("www-authenticate", 'Bearer realm="mcpstack"');
  return new Response(JSON.stringify(problemOf(error, requestId, instance)), {
    status: statusOf(error.code),
    headers,
  });
}
