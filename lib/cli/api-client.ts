import type { Problem } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { CliError } from "./cli-error.ts";
import { EXIT, exitCodeOf, nextStepOf } from "./exit-code.ts";

/** The REST API of one installation, spoken to as one caller. */
export interface ApiClient {
  readonly apiUrl: string;
  readonly token: string;
  /** The JSON that `path` (below `/api/v1`) answers. Throws CliError for anything but success. */
  get<Answer>(path: string): Promise<Answer>;
  /** Each call is told from others that look the same by an Idempotency-Key of its own. */
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
  patch<Answer>(path: string, body: unknown): Promise<Answer>;
  put<Answer>(path: string, body?: unknown): Promise<Answer>;
  /** Sends a file as it is. */
  upload<Answer>(path: string, content: Uint8Array, contentType: string): Promise<Answer>;
  /**
   * The body of a file of any length, piece by piece, until `signal` aborts. A file that breaks off throws CliError, as
   * does one that stands still for as long as any answer may take.
   */
  download(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Resolves when it is gone. */
  delete(path: string): Promise<void>;
}

/** The origin and base of an installation: `https://host` for `https://host/` and `https://host/api/v1/`. */
export function normalizeApiUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new CliError(EXIT.usage, `${JSON.stringify(text)} is not an http or https URL.`);
  if (url.username !== "" || url.password !== "")
    throw new CliError(EXIT.usage, "Leave user name and password out of the API URL.");
  const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "");
  return `${url.origin}${path}`;
}

/** Somewhat longer than the API itself waits for anything. */
const TIMEOUT_MS = limits.http.requestTimeoutMs + 5_000;

export function createApiClient(apiUrl: string, token: string): ApiClient {
  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return body === undefined
      ? send(method, path)
      : send(method, path, { content: JSON.stringify(body), type: "application/json" });
  }
  async function send<Answer>(
    method: string,
    path: string,
    body?: { content: string | Uint8Array; type: string },
  ): Promise<Answer> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${apiUrl}/api/v1${path}`, {
        method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${token}`,
          "user-agent": "mcpstack-cli",
          ...(method === "POST" ? { "idempotency-key": crypto.randomUUID() } : {}),
          ...(body === undefined ? {} : { "content-type": body.type }),
        },
        ...(body === undefined ? {} : { body: body.content as BodyInit }),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch (error) {
      throw unreachable(apiUrl, error);
    }
    if (!response.ok) throw refused(apiUrl, response, text);
    if (response.status === 204) return undefined as Answer;
    try {
      return JSON.parse(text) as Answer;
    } catch (cause) {
      throw new CliError(
        EXIT.error,
        `${apiUrl} does not answer like MCP Stack.`,
        "Check --api-url or MCPSTACK_API_URL.",
        { cause },
      );
    }
  }
  async function* download(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const idle = new AbortController();
    const watch = () => setTimeout(() => idle.abort(new DOMException("", "TimeoutError")), TIMEOUT_MS);
    let timer = watch();
    try {
      const response = await fetch(`${apiUrl}/api/v1${path}`, {
        headers: { authorization: `Bearer ${token}`, "user-agent": "mcpstack-cli" },
        redirect: "error",
        signal: AbortSignal.any([signal, idle.signal]),
      });
      if (!response.ok) throw refused(apiUrl, response, await response.text());
      // Node's streams can be iterated; the types of browsers, which are all there are here, do not say so.
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        yield piece;
        timer = watch();
      }
    } catch (error) {
      if (error instanceof CliError || signal.aborted) throw error;
      throw unreachable(apiUrl, error);
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    apiUrl,
    token,
    download,
    get: (path) => call("GET", path),
    post: (path, body) => call("POST", path, body),
    patch: (path, body) => call("PATCH", path, body),
    put: (path, body) => call("PUT", path, body),
    upload: (path, content, type) => send("POST", path, { content, type }),
    delete: (path) => call("DELETE", path),
  };
}

function unreachable(apiUrl: string, error: unknown): CliError {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return new CliError(
      EXIT.timeout,
      `${apiUrl} did not answer within ${TIMEOUT_MS / 1000} s.`,
      nextStepOf("timeout"),
      { cause: error },
    );
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : "";
  return new CliError(
    EXIT.error,
    `${apiUrl} cannot be reached${reason ? ` (${reason})` : ""}.`,
    "Check that MCP Stack is running there, and --api-url or MCPSTACK_API_URL.",
    { cause: error },
  );
}

function refused(apiUrl: string, response: Response, text: string): CliError {
  let problem: Partial<Problem> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) problem = parsed;
  } catch {
    // Some other program, such as a proxy, answered: its page explains nothing to the user.
  }
  const code = typeof problem.code === "string" ? problem.code : "";
  const fields = Array.isArray(problem.errors)
    ? problem.errors
        .filter(({ path, message }) => path !== "" && !problem.detail?.includes(message))
        .map(({ path, message }) => `\n  ${path}: ${message}`)
        .join("")
    : "";
  const request = problem.requestId ? ` (request ${problem.requestId})` : "";
  const detail = problem.detail ?? `${apiUrl} answered HTTP ${response.status}.`;
  const isOurFault = response.status >= 500;
  // A conflict that waiting does not end says itself what to do.
  const isLasting = code === "conflict" && problem.retryable !== true;
  return new CliError(
    exitCodeOf(code, response.status),
    `${detail}${fields}${isOurFault ? request : ""}`,
    isLasting ? "" : nextStepOf(code),
  );
}
