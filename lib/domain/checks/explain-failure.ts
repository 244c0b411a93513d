import { ProtocolError, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";
import { ERROR_CODES, type ErrorCode } from "#lib/kernel/errors.ts";
import type { Observation } from "./observed-fetch.ts";
import type { SmokeFailure, SmokeStep } from "./smoke-session.ts";

interface Evidence {
  error: unknown;
  step: SmokeStep;
  observation: Observation;
  timedOut: boolean;
  timeoutMs: number;
}

type Explanation = Pick<SmokeFailure, "code" | "message" | "fix">;

/** Longest text of the other side that an explanation repeats, in characters. */
const QUOTED_CHARACTERS_MAX = 500;

/**
 * Says in plain words why a session failed and what to do. Goes by what was seen on the wire rather than by the
 * client library's wording.
 */
export function explainFailure(evidence: Evidence): SmokeFailure {
  return { step: evidence.step, ...explain(evidence) };
}

function explain({ error, step, observation, timedOut, timeoutMs }: Evidence): Explanation {
  if (observation.tooLarge)
    return {
      code: "too_large",
      message: "The answer is larger than a smoke test reads.",
      fix: "Make the server answer in pages, or with less.",
    };
  if (timedOut || hasSdkCode(error, SdkErrorCode.RequestTimeout))
    return {
      code: "timeout",
      message: `The server did not finish within ${timeoutMs / 1000} s (${step}).`,
      fix: "Look at the server's logs for what it waits on: an upstream call without a timeout is the usual cause.",
    };
  if (observation.networkError !== undefined) return explainNetwork(observation.networkError);
  const rpc = findProtocolError(error);
  const platform = platformRefusal(rpc, observation.bodyExcerpt);
  if (platform) return platform;
  if (observation.status !== null && observation.status >= 300)
    return explainStatus(observation.status, rpc?.message ?? messageIn(observation.bodyExcerpt));
  if (rpc)
    return {
      code: "protocol_error",
      message: `The server answered ${step} with the JSON-RPC error ${rpc.code}: ${quoted(rpc.message)}`,
      fix: "The session works but this request is refused. The server's logs say why.",
    };
  return explainContent(error, observation);
}

/** What helps against a refusal by our own gateway, which says itself what happened. */
const FIX_OF_REFUSAL: Partial<Record<ErrorCode, string>> = {
  not_found: "Check the slug of the server.",
  forbidden: "Turn direct access on in the server's settings.",
  server_inactive: "Publish a version or activate the server.",
  upstream_failed: "Check the upstream URL, and that its host is running and reachable from the internet.",
  runtime_failed: "The server's live logs show how it ended; the Hosting page shows its restarts.",
  bundle_refused: "Fix the code as the message says and publish it as a new version.",
  timeout:
    "Look at the server's logs for what it waits on: an upstream call without a timeout is the usual cause.",
  payload_too_large: "Send or answer less.",
  limit_reached: "Run it again when fewer calls are under way.",
  rate_limited: "Wait a moment and run it again.",
  unavailable: "Run it again in a moment.",
};

/** The explanation that our own gateway gave, with its request id left out; null when somebody else answered. */
function platformRefusal(rpc: ProtocolError | null, body: string): Explanation | null {
  const said = rpc ?? (jsonIn(body) as { error?: { message?: unknown; data?: unknown } } | null)?.error;
  const { code, requestId } = (said?.data ?? {}) as { code?: unknown; requestId?: unknown };
  const known = ERROR_CODES.find((one) => one === code);
  if (!known || typeof requestId !== "string" || typeof said?.message !== "string") return null;
  return {
    code: known,
    message: quoted(said.message.replace(` (request ${requestId})`, "")),
    fix: FIX_OF_REFUSAL[known] ?? "The request id finds it in the request log.",
  };
}

const NETWORK: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    code: "connection_refused",
    message: "Nothing listens at this address: the connection was refused.",
    fix: "Check host and port, and that the server is running.",
  },
  ENOTFOUND: {
    code: "name_not_found",
    message: "The host name does not resolve.",
    fix: "Check the spelling of the host name and its DNS record.",
  },
  EAI_AGAIN: {
    code: "name_not_found",
    message: "The host name could not be resolved just now.",
    fix: "Check the DNS resolver of this machine, then try again.",
  },
  ECONNRESET: {
    code: "connection_closed",
    message: "The server closed the connection before it answered.",
    fix: "Look for a crash in the server's logs.",
  },
  UND_ERR_SOCKET: {
    code: "connection_closed",
    message: "The server closed the connection before it answered.",
    fix: "Look for a crash in the server's logs.",
  },
  UND_ERR_CONNECT_TIMEOUT: {
    code: "connect_timeout",
    message: "The address does not accept connections in time.",
    fix: "Check that no firewall drops the packets.",
  },
};

/** Says in plain words why a connection failed and what to do. */
export function explainNetwork(error: unknown): Explanation {
  const code = codeInChain(error);
  const known = NETWORK[code];
  if (known) return known;
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code))
    return {
      code: "tls",
      message: `The TLS certificate is not accepted (${code}).`,
      fix: "Install a certificate for this host name from a trusted authority.",
    };
  return {
    code: "connection_failed",
    message: `The connection failed${code ? ` (${code})` : ""}.`,
    fix: "Check host, port and network.",
  };
}

function explainStatus(status: number, said: string): Explanation {
  const detail = said ? `: ${quoted(said)}` : ".";
  if (status < 400)
    return {
      code: "redirect",
      message: `The URL redirects elsewhere (HTTP ${status}).`,
      fix: "Use the final URL of the MCP endpoint.",
    };
  switch (status) {
    case 401:
      return {
        code: "unauthenticated",
        message: `The server asks for credentials (HTTP 401)${detail}`,
        fix: "Give the server's upstream credentials, or open the endpoint to this platform.",
      };
    case 403:
      return {
        code: "forbidden",
        message: `The server refuses access (HTTP 403)${detail}`,
        fix: "Check that the direct URL is on and that the credentials may use this endpoint.",
      };
    case 404:
      return {
        code: "no_server",
        message: `No server answers at this URL (HTTP 404)${detail}`,
        fix: "Check the path of the URL, and that the server is active: a hosted server answers once a version is published.",
      };
    case 405:
      return {
        code: "not_mcp",
        message: "The URL does not accept POST (HTTP 405), so it is not a streamable HTTP MCP endpoint.",
        fix: "Use the URL of the MCP endpoint, usually ending in /mcp.",
      };
    case 409:
      return {
        code: "server_inactive",
        message: `The server is not active (HTTP 409)${detail}`,
        fix: "Publish a version or activate the server.",
      };
    case 413:
      return {
        code: "too_large",
        message: `The request is too large for the server (HTTP 413)${detail}`,
        fix: "Send smaller arguments.",
      };
    case 429:
      return {
        code: "rate_limited",
        message: `The server limits the rate of requests (HTTP 429)${detail}`,
        fix: "Wait a moment and run the smoke again.",
      };
    default:
      return status >= 500
        ? {
            code: "server_error",
            message: `The server failed with HTTP ${status}${detail}`,
            fix: "The server's logs hold the exception of this request.",
          }
        : {
            code: "refused",
            message: `The server refused the request with HTTP ${status}${detail}`,
            fix: "Check that the URL is an MCP endpoint that speaks streamable HTTP.",
          };
  }
}

function explainContent(error: unknown, observation: Observation): Explanation {
  const type = observation.contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (observation.responses > 0 && type !== "application/json" && type !== "text/event-stream")
    return {
      code: "not_mcp",
      message: `The URL answers with ${type || "no content type"} instead of JSON or an event stream, so it is not an MCP endpoint.`,
      fix: "Use the URL of the MCP endpoint, usually ending in /mcp.",
    };
  if (inChain(error, (one) => one instanceof SyntaxError))
    return {
      code: "invalid_json",
      message: "The answer says it is JSON but does not parse.",
      fix: "Look at what the server writes: a log line or an error page in the body is the usual cause.",
    };
  if (
    hasSdkCode(error, SdkErrorCode.InvalidResult) ||
    inChain(error, (one) => one instanceof Error && one.name.endsWith("ZodError"))
  )
    return {
      code: "invalid_result",
      message: `The answer is JSON but not what MCP prescribes: ${quoted(messageOf(error))}`,
      fix: "Compare the server's answer with the MCP schema, or build it with an MCP SDK.",
    };
  // With a cause, something went wrong; without one, the server answered and did not offer the revision.
  if (
    error instanceof SdkError &&
    error.code === SdkErrorCode.EraNegotiationFailed &&
    error.cause === undefined
  )
    return {
      code: "not_offered",
      message: "The server does not offer the modern protocol (server/discover).",
      fix: "Nothing, when all its clients speak the legacy one; else build it with an SDK that speaks both.",
    };
  if (hasSdkCode(error, SdkErrorCode.ListPaginationExceeded))
    return {
      code: "endless_list",
      message: "The list of tools never ends: every page names a next one.",
      fix: "Leave out nextCursor on the last page.",
    };
  return {
    code: "failed",
    message: quoted(messageOf(error)) || "The session failed for an unknown reason.",
    fix: "The server's logs for the same moment may say more.",
  };
}

const hasSdkCode = (error: unknown, code: SdkErrorCode): boolean =>
  inChain(error, (one) => one instanceof SdkError && one.code === code);

function findProtocolError(error: unknown): ProtocolError | null {
  for (const one of chain(error)) if (one instanceof ProtocolError) return one;
  return null;
}

/** The message of a JSON-RPC error or a problem document in a body that came with an error status. */
function messageIn(body: string): string {
  const { error, detail, message } = (jsonIn(body) ?? {}) as Record<string, unknown>;
  const nested =
    typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
  for (const text of [nested, detail, message]) if (typeof text === "string") return text;
  return "";
}

function jsonIn(body: string): object | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    // Not JSON: an error page of some other program, which says nothing worth repeating.
    return null;
  }
}

/** An error, its causes, and the errors that libraries put in `data.cause`; bounded against cycles. */
function* chain(error: unknown): Generator<unknown> {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current !== undefined && current !== null; depth++) {
    yield current;
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
    else if (current instanceof Error)
      current = current.cause ?? (current as { data?: { cause?: unknown } }).data?.cause;
    else return;
  }
}

const inChain = (error: unknown, matches: (one: unknown) => boolean): boolean => {
  for (const one of chain(error)) if (matches(one)) return true;
  return false;
};

function codeInChain(error: unknown): string {
  for (const one of chain(error)) {
    const code = (one as { code?: unknown }).code;
    if (typeof code === "string") return code;
  }
  return "";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const quoted = (text: string): string =>
  text.length > QUOTED_CHARACTERS_MAX ? `${text.slice(0, QUOTED_CHARACTERS_MAX)}…` : text;
