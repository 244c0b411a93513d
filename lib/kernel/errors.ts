/**
 * The one error of the product. Adapters map its closed code list to HTTP problems, JSON-RPC errors and exit
 * codes by total maps, so a new code without a translation does not compile. Browser-safe.
 */
export const ERROR_CODES = [
  "invalid_input",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "precondition_failed",
  "payload_too_large",
  "unsupported_media_type",
  "method_not_allowed",
  "not_acceptable",
  "unprocessable",
  "rate_limited",
  "limit_reached",
  "payment_required",
  "server_inactive",
  "bundle_refused",
  "runtime_failed",
  "upstream_failed",
  "timeout",
  "unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input: where (`path`, dot-separated), what (`code`), and what to do (`message`). */
export interface FieldError {
  path: string;
  code: string;
  message: string;
}

export interface DomainErrorOptions {
  /** Field errors of an `invalid_input`. */
  errors?: readonly FieldError[];
  /** Machine-readable facts that are safe to show to the caller. */
  details?: Readonly<Record<string, unknown>>;
  /** Whether the same call may succeed later without a change. Default: by code. */
  retryable?: boolean;
  /** Seconds after which a retry makes sense. */
  retryAfterSeconds?: number;
  cause?: unknown;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  "rate_limited",
  "timeout",
  "unavailable",
  "runtime_failed",
  "upstream_failed",
]);

/** Marks our errors across copies of this module: a bundler and Node may each load one in the same process. */
const BRAND: unique symbol = Symbol.for("mcpstack.DomainError") as never;

/** An expected failure. `message` is public: it says what happened and what to do, and never holds a secret. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** The one answer for a thing that is missing or belongs to someone else: both look the same. */
export const notFound = (what: string): DomainError =>
  new DomainError("not_found", `There is no such ${what}, or you may not see it.`);

/** `error` as a DomainError; anything unexpected becomes `internal` with the original as its cause. */
export const toDomainError = (error: unknown): DomainError =>
  error instanceof DomainError
    ? error
    : new DomainError("internal", "Something went wrong on our side. The request id finds it in the logs.", {
        cause: error,
      });
