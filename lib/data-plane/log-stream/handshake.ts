import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { LogStreamStatus } from "#lib/contract/index.ts";
import type { Credentials } from "./access.ts";

const PATH = /^\/log-stream(?:\/([^/?#]*))?\/?(?:\?|$)/;

/** The slug of a log stream request; null when the path is no log stream's. What cannot be a slug names no server. */
export function slugOf(url: string | undefined): string | null {
  const match = PATH.exec(url ?? "");
  return match ? (match[1] ?? "") : null;
}

/** A refused handshake: the HTTP status, why, and what may help. */
export interface Refusal {
  status: 401 | 403 | 409 | 429 | 503;
  code: "unauthenticated" | "forbidden" | "server_inactive" | "too_many_viewers" | "unavailable";
  detail: string;
  holders?: LogStreamStatus["holders"];
}

export const REFUSALS = {
  unauthenticated: {
    status: 401,
    code: "unauthenticated",
    detail: "Sign in, or send an API token with the scope logs:read.",
  },
  forbidden: {
    status: 403,
    code: "forbidden",
    detail: "There is no such server, or you may not see its logs.",
  },
  foreignOrigin: {
    status: 403,
    code: "forbidden",
    detail: "A page of another site may not open the log stream with your session.",
  },
  inactive: {
    status: 409,
    code: "server_inactive",
    detail: "The server is not active. Logs stream only while it is.",
  },
  unavailable: {
    status: 503,
    code: "unavailable",
    detail: "The log stream cannot be opened right now. Try again in a moment.",
  },
} as const satisfies Record<string, Refusal>;

/** One viewer more than there may be is told who watches. */
export const slotsTaken = (holders: LogStreamStatus["holders"], viewersMax: number): Refusal => ({
  status: 429,
  code: "too_many_viewers",
  detail: `All ${viewersMax} viewers of this server are taken. Try again when one leaves.`,
  holders,
});

/**
 * What of the request proves who asks. A cookie counts only with the exact Origin of our own pages, since browsers send
 * it along from any page; a token in the Authorization header needs none, since no page can set it.
 */
export function credentialsOf(
  req: IncomingMessage,
  allowedOrigins: ReadonlySet<string>,
): Credentials | Refusal {
  const { authorization, cookie, origin } = req.headers;
  if (authorization !== undefined) return { authorization };
  if (cookie === undefined) return REFUSALS.unauthenticated;
  if (origin === undefined || !allowedOrigins.has(origin)) return REFUSALS.foreignOrigin;
  return { cookie };
}

export const isRefusal = (answer: Credentials | Refusal): answer is Refusal => "status" in answer;

/** Answers the handshake in plain HTTP, as RFC 9457 problem details, and ends the connection. */
export function refuse(socket: Duplex, refusal: Refusal): void {
  const { status, code, detail, holders } = refusal;
  const title = STATUS_CODES[status] ?? "Refused";
  const body = JSON.stringify({
    type: "about:blank",
    title,
    status,
    detail,
    code,
    message: detail,
    retryable: status === 429 || status === 503,
    ...(holders ? { details: { holders } } : {}),
  });
  const lines = [
    `HTTP/1.1 ${status} ${title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "Connection: close",
    ...(status === 401 ? ["WWW-Authenticate: Bearer"] : []),
    ...(status === 429 || status === 503 ? ["Retry-After: 5"] : []),
  ];
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
