import { httpLimits } from "#lib/kernel/limits/http.ts";
import { ApiError, errorOfAnswer } from "./api-error.ts";

export const API_PREFIX = "/api/v1";
/** Proves that a cookie-authenticated call was made by our own script; a foreign site cannot set it. */
export const CSRF_HEADERS = { "x-mcpstack-csrf": "1" } as const;

export type SearchValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface CallOptions {
  search?: SearchValues;
  signal?: AbortSignal;
  /** Tells the call from others that look the same, so that it may be sent again: see `newIdempotencyKey`. */
  idempotencyKey?: string;
  /** Default: the server's own limit for a request. */
  timeoutMs?: number;
}

/** `/organizations/acme/members` from its parts, each part encoded. */
export const apiPath = (...segments: string[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment)).join("/")}`;

/** Where a path of the API is, with its query; empty values are left out. */
export function apiUrl(path: string, search: SearchValues = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return `${API_PREFIX}${path}${text ? `?${text}` : ""}`;
}

async function call<Value>(
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  body: unknown,
  { search, signal, idempotencyKey, timeoutMs = httpLimits.requestTimeoutMs }: CallOptions,
): Promise<Value> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(apiUrl(path, search), {
      method,
      headers: {
        accept: "application/json",
        ...(method === "GET" ? {} : CSRF_HEADERS),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await response.text();
    if (!response.ok) throw errorOfAnswer(response.status, (name) => response.headers.get(name), text);
    return (text === "" ? undefined : JSON.parse(text)) as Value;
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted) throw error;
    throw connectionError(error, timeout.aborted);
  }
}

function connectionError(cause: unknown, timedOut: boolean): ApiError {
  if (timedOut) {
    return new ApiError("No answer came in time. The server may still be working on it.", {
      status: 0,
      code: "timeout",
      retryable: true,
      cause,
    });
  }
  return new ApiError("The server cannot be reached. Check the connection, then try again.", {
    status: 0,
    code: "network",
    retryable: true,
    cause,
  });
}

/** The REST API under `/api/v1`, from the browser. Every method throws ApiError. */
export const api = {
  get: <Value>(path: string, options: CallOptions = {}) => call<Value>("GET", path, undefined, options),
  post: <Value>(path: string, body?: unknown, options: CallOptions = {}) =>
    call<Value>("POST", path, body, options),
  patch: <Value>(path: string, body: unknown, options: CallOptions = {}) =>
    call<Value>("PATCH", path, body, options),
  put: <Value>(path: string, body: unknown, options: CallOptions = {}) =>
    call<Value>("PUT", path, body, options),
  delete: <Value = void>(path: string, options: CallOptions = {}) =>
    call<Value>("DELETE", path, undefined, options),
};
