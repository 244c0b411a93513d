import type { IncomingMessage } from "node:http";
import { HOP_BY_HOP, namedByConnection } from "../network/index.ts";

/**
 * What the edge says about the caller; a caller's own version never passes. The CSRF header is the caller's own to
 * send: it says that a script of ours made the call.
 */
const SAID_BY_EDGE =
  /^(?:x-forwarded-|x-mcpstack-(?!csrf$)|x-real-ip$|forwarded$|x-client-ip$|true-client-ip$)/;

/** Where a request really came from. */
interface Origin {
  address: string;
  protocol: string;
  host: string;
}

/**
 * The headers for the web process. Address, scheme and host are what this process saw, or what the proxy before it
 * said when the operator trusts that proxy; whatever else a caller claims is dropped.
 */
export function headersForWeb(
  req: IncomingMessage,
  trustProxy: boolean,
  isUpgrade = false,
): Record<string, string | string[]> {
  const named = namedByConnection(req.headers.connection);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || name === "expect" || SAID_BY_EDGE.test(name)) continue;
    // Headers that a connection option names belong to this hop; cookies and the host never do.
    if (named.has(name) && name !== "cookie" && name !== "host" && name !== "content-length") continue;
    headers[name] = value;
  }
  const { address, protocol, host } = originOf(req, trustProxy);
  headers["x-forwarded-for"] = address;
  headers["x-forwarded-proto"] = protocol;
  headers["x-forwarded-host"] = host;
  if (isUpgrade) {
    headers.connection = "Upgrade";
    headers.upgrade = req.headers.upgrade ?? "websocket";
  }
  return headers;
}

/** The address of the caller, as a trusted proxy or this process saw it. */
export const addressOf = (req: IncomingMessage, trustProxy: boolean): string =>
  originOf(req, trustProxy).address;

function originOf(req: IncomingMessage, trustProxy: boolean): Origin {
  const own: Origin = {
    address: req.socket.remoteAddress ?? "unknown",
    protocol: "http",
    host: req.headers.host ?? "",
  };
  if (!trustProxy) return own;
  return {
    // The last entry is what the trusted proxy itself saw; those before it are only claims.
    address: lastOf(req.headers["x-forwarded-for"]) ?? own.address,
    protocol: lastOf(req.headers["x-forwarded-proto"]) === "https" ? "https" : own.protocol,
    host: lastOf(req.headers["x-forwarded-host"]) ?? own.host,
  };
}

function lastOf(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value.join(",") : (value ?? "");
  const last = text.slice(text.lastIndexOf(",") + 1).trim();
  return last === "" ? null : last;
}

/** The web's response headers for the client, as a flat list that keeps repeated ones apart. */
export function headersFromWeb(response: IncomingMessage): string[] {
  const headers: string[] = [];
  const { rawHeaders } = response;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, rawHeaders[index + 1] ?? "");
  }
  return headers;
}
