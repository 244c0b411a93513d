import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { ServerKind } from "#lib/contract/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { RuntimeExit } from "../hosting/index.ts";
import { mediaTypeOf } from "./response-inspector.ts";
import type { Target } from "./targets.ts";

/** Codes of connections that were never made: nothing was sent. */
const NOT_CONNECTED: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "refused the connection"],
  ["ENOTFOUND", "has a name that does not resolve"],
  ["EAI_AGAIN", "has a name that does not resolve now"],
  ["ENOENT", "is not running"],
  ["EHOSTUNREACH", "cannot be reached over the network"],
  ["ENETUNREACH", "cannot be reached over the network"],
  ["ETIMEDOUT", "did not accept a connection in time"],
  ["UND_ERR_CONNECT_TIMEOUT", "did not accept a connection in time"],
  ["CERT_HAS_EXPIRED", "has an expired TLS certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "has a TLS certificate that is not trusted"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "has a TLS certificate that is not trusted"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "has a TLS certificate that is not trusted"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "has a TLS certificate for another name"],
]);

/** Whether an answer asks for a login. Passed down, it would start an OAuth flow against the wrong server. */
const isLoginDemand = (status: number, headers: IncomingHttpHeaders): boolean =>
  status === 401 || status === 407 || (status === 403 && headers["www-authenticate"] !== undefined);

/** Whether what MCP answers with cannot be read as it comes: then nobody here knows what was answered, or whether. */
const isPacked = ({ "content-encoding": encoding = "", "content-type": type = "" }: IncomingHttpHeaders) =>
  encoding !== "" &&
  encoding.toLowerCase() !== "identity" &&
  ["application/json", "text/event-stream"].includes(mediaTypeOf(type));

/** Why an upstream's answer must not reach the client as it is; null when it may. */
export function refusalOfAnswer(
  status: number,
  headers: IncomingHttpHeaders,
  kind: ServerKind,
): DomainError | null {
  const code = kind === "hosted" ? "runtime_failed" : "upstream_failed";
  if (isLoginDemand(status, headers)) {
    return new DomainError(
      code,
      `The server behind this URL refused our request with HTTP ${status}: it wants credentials that are not set up here. Its owner must configure them; signing in as the caller cannot help.`,
      { retryable: false },
    );
  }
  if (status >= 300 && status < 400) {
    return new DomainError(
      code,
      `The server behind this URL answered with a redirect (HTTP ${status}), which is not followed. Its owner should enter the final URL.`,
      { retryable: false },
    );
  }
  if (isPacked(headers)) {
    return new DomainError(
      code,
      "The server compressed its answer although it was asked not to, so nothing of it can be checked here. Its owner should turn off compression for this URL.",
      { retryable: false },
    );
  }
  if (status >= 500 && mediaTypeOf(headers["content-type"] ?? "") !== "application/json") {
    return new DomainError(
      code,
      `The server failed with HTTP ${status} and no JSON-RPC answer. Its logs, found by this request id, say more.`,
    );
  }
  return null;
}

export const responseTooLarge = (bytesMax: number): DomainError =>
  new DomainError(
    "payload_too_large",
    `The answer is larger than ${bytesMax} bytes, the most that may pass. Ask for less, e.g. fewer items or a smaller range.`,
    { details: { bytesMax }, retryable: false },
  );

/** A failed connection in words that tell the caller what to do. Never holds an address that a name resolved to. */
export function explainTransportError(error: Error, kind: "hosted" | "connected"): DomainError {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const who = kind === "hosted" ? "The server's runtime" : "The upstream server";
  const errorCode = kind === "hosted" ? "runtime_failed" : "upstream_failed";
  if (error.name === "AddressRefusedError") {
    return new DomainError(
      "upstream_failed",
      `${who} may not be reached: ${error.message}. Its owner must use a public address, or the operator must allow private ones.`,
      { cause: error, retryable: false },
    );
  }
  const known = NOT_CONNECTED.get(code);
  const what = known ?? "closed the connection before its answer was complete";
  return new DomainError(
    errorCode,
    `${who} ${what}. Try again; if it stays so, its owner should look at its logs.`,
    {
      cause: error,
    },
  );
}

/**
 * Why a hosted call broke. The socket of a dead process closes before its exit is known, so this waits a moment for
 * the reason.
 */
export async function explainExit(target: Pick<Target, "exit">, error: Error): Promise<DomainError> {
  const stepMs = 10;
  for (let waitedMs = 0; ; waitedMs += stepMs) {
    const exit = target.exit();
    if (exit) return explainRuntimeExit(exit, error);
    if (waitedMs >= limits.mcp.exitReasonWaitMs) return explainTransportError(error, "hosted");
    await delay(stepMs);
  }
}

function explainRuntimeExit(exit: RuntimeExit, cause: Error): DomainError {
  const make = (message: string): DomainError =>
    new DomainError("runtime_failed", message, { cause, details: { reason: exit.reason } });
  // A sentence of its own, told here as part of another.
  const why = exit.message.replace(/\.$/, "");
  switch (exit.reason) {
    case "cpu_limit":
      return make(
        `The server was stopped because a call used too much CPU time: ${why}. It restarts by itself; try again with less work.`,
      );
    case "memory_limit":
      return make(
        `The server was stopped because it used too much memory: ${why}. It restarts by itself; try again with less data.`,
      );
    case "crashed":
      return make(
        `The server crashed while it worked on this call: ${why}. It restarts by itself; its logs say more.`,
      );
    case "stopped":
      return make(`The server was stopped while it worked on this call: ${why}. Try again.`);
  }
}
