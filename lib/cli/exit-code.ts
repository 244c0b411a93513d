import type { ErrorCode } from "#lib/kernel/errors.ts";

/** What the process ends with; the same in every output format. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  gateFailed: 3,
  notSignedIn: 4,
  notFound: 5,
  conflict: 6,
  limit: 7,
  timeout: 8,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Total over the closed list of error codes: a new code without an exit code does not compile. */
const EXIT_OF_CODE: Record<ErrorCode, ExitCode> = {
  invalid_input: EXIT.usage,
  unauthenticated: EXIT.notSignedIn,
  forbidden: EXIT.notFound,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
  precondition_failed: EXIT.conflict,
  payload_too_large: EXIT.limit,
  unsupported_media_type: EXIT.usage,
  method_not_allowed: EXIT.error,
  not_acceptable: EXIT.error,
  unprocessable: EXIT.usage,
  rate_limited: EXIT.limit,
  limit_reached: EXIT.limit,
  payment_required: EXIT.limit,
  server_inactive: EXIT.conflict,
  bundle_refused: EXIT.gateFailed,
  runtime_failed: EXIT.error,
  upstream_failed: EXIT.error,
  timeout: EXIT.timeout,
  unavailable: EXIT.error,
  internal: EXIT.error,
};

/** What to do next, by error code. */
const NEXT_OF_CODE: Record<ErrorCode, string> = {
  invalid_input: "Correct the input and run it again. --help shows what the command takes.",
  unauthenticated: "Sign in with `mcpstack login`, or set MCPSTACK_API_KEY to a valid token.",
  forbidden: "Use a token with the scope it names, or ask an owner of the organization.",
  not_found:
    "List what there is with `mcpstack servers list`, `agents list`, `gateways list` or `incidents list`, and check --org.",
  conflict: "Look at `mcpstack operations list <server>`, wait for what is running, then run it again.",
  precondition_failed: "Somebody changed it meanwhile. Read it again, then repeat the change.",
  payload_too_large: "Send less.",
  unsupported_media_type: "Check the kind of file.",
  method_not_allowed: "This server may be older than this command. Compare their versions.",
  not_acceptable: "This server may be older than this command. Compare their versions.",
  unprocessable: "Correct the input and run it again.",
  rate_limited: "Wait a minute, then run it again.",
  limit_reached: "Remove something that is no longer needed, or ask the operator for a higher limit.",
  payment_required: "Ask the billing owner of the organization.",
  server_inactive: "Activate the server on its Hosting page, then run it again.",
  bundle_refused: "Fix the code as the message says and upload it as a new version.",
  runtime_failed: "Read `mcpstack logs stream <server> --no-follow`: the reason is usually its last lines.",
  upstream_failed: "Check the server's own host, then run `mcpstack smoke tools-list <server>`.",
  timeout: "Run it again; if it stays slow, look at the server's logs.",
  unavailable: "Run it again in a moment.",
  internal: "Run it again. If it fails again, give the request id to the operator.",
};

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(EXIT_OF_CODE, code);

/** The exit code of an API error. A code that this version does not know goes by its HTTP status. */
export function exitCodeOf(code: string, status: number): ExitCode {
  if (isErrorCode(code)) return EXIT_OF_CODE[code];
  if (status === 401) return EXIT.notSignedIn;
  if (status === 403 || status === 404) return EXIT.notFound;
  if (status === 409 || status === 412) return EXIT.conflict;
  if (status === 402 || status === 413 || status === 429) return EXIT.limit;
  if (status === 408 || status === 504) return EXIT.timeout;
  return status === 400 || status === 422 ? EXIT.usage : EXIT.error;
}

/** What the user should do about an API error; empty when nothing useful is known. */
export const nextStepOf = (code: string): string => (isErrorCode(code) ? NEXT_OF_CODE[code] : "");
