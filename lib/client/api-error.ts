import type { Problem } from "#lib/contract/index.ts";
import type { FieldError } from "#lib/kernel/errors.ts";

interface ApiErrorFields {
  status: number;
  code: string;
  requestId: string | null;
  retryable: boolean;
  errors: readonly FieldError[];
  details: Readonly<Record<string, unknown>>;
  retryAfterSeconds: number | null;
}

/**
 * A call to the API that did not succeed. `message` is written for people. `status` is 0 when no answer came
 * (offline, timed out); then `code` is `network` or `timeout`.
 */
export class ApiError extends Error implements ApiErrorFields {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly retryable: boolean;
  readonly errors: readonly FieldError[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    fields: Partial<ApiErrorFields> & { status: number; code: string; cause?: unknown },
  ) {
    super(message, { cause: fields.cause });
    this.status = fields.status;
    this.code = fields.code;
    this.requestId = fields.requestId ?? null;
    this.retryable = fields.retryable ?? false;
    this.errors = fields.errors ?? [];
    this.details = fields.details ?? {};
    this.retryAfterSeconds = fields.retryAfterSeconds ?? null;
  }

  /** What is wrong with the input named `path`, e.g. `slug` or `environment.API_KEY`. */
  fieldError(path: string): string | null {
    return this.errors.find((error) => error.path === path)?.message ?? null;
  }
}

/** The error that an answer with a status of 400 or more carries; anything but problem+json becomes a plain sentence. */
export function errorOfAnswer(
  status: number,
  header: (name: string) => string | null,
  text: string,
): ApiError {
  const retryAfter = Number(header("retry-after"));
  const fallback = {
    status,
    requestId: header("x-request-id"),
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
  };
  const problem = parseProblem(header("content-type") ?? "", text);
  if (problem) return new ApiError(problem.detail || problem.title, { ...fallback, ...problem });
  return new ApiError(`The server answered with status ${status}.`, {
    ...fallback,
    code: status >= 500 ? "unavailable" : "unexpected_answer",
    retryable: status >= 500,
  });
}

function parseProblem(contentType: string, text: string): Problem | null {
  if (!/^application\/(problem\+)?json\b/i.test(contentType)) return null;
  try {
    const body: unknown = JSON.parse(text);
    return isProblem(body) ? body : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === "object" &&
  body !== null &&
  "code" in body &&
  typeof body.code === "string" &&
  "title" in body &&
  "detail" in body;
