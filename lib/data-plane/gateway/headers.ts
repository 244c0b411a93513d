import type { IncomingHttpHeaders } from "node:http";
import { HOP_BY_HOP, namedByConnection } from "../network/index.ts";
import { mediaTypeOf } from "./response-inspector.ts";

/** Never go up: hop-by-hop, the caller's credentials, what we set ourselves, and what only a browser's peer needs. */
const NOT_UP: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "host",
  "content-length",
  "content-type",
  "expect",
  "authorization",
  "x-api-key",
  "cookie",
  "cookie2",
  "accept-encoding",
  "x-request-id",
  "traceparent",
  "tracestate",
  "mcp-session-id",
  "origin",
  "referer",
  "forwarded",
  "x-real-ip",
  "via",
]);
/** What frames a message or is ours to say; an owner's setting cannot change it. */
const NOT_SETTABLE: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "host",
  "content-length",
  "content-type",
  "expect",
  "accept-encoding",
  "x-request-id",
  "mcp-session-id",
]);
const NOT_UP_PREFIX = /^(?:x-tenant-|x-mcpstack-|x-forwarded-|sec-|access-control-|proxy-)/;

/** Never come down: hop-by-hop, what would act on our origin, and what would send clients to a foreign login. */
const NOT_DOWN: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "set-cookie",
  "set-cookie2",
  "www-authenticate",
  "x-request-id",
  "mcp-session-id",
  "alt-svc",
  "clear-site-data",
  "strict-transport-security",
  "service-worker-allowed",
  "content-security-policy",
  "content-security-policy-report-only",
  "x-content-type-options",
  "refresh",
  "location",
  "link",
  "sourcemap",
  "x-sourcemap",
  "nel",
  "report-to",
  "reporting-endpoints",
  "x-accel-redirect",
  "x-accel-buffering",
  "x-sendfile",
]);
const NOT_DOWN_PREFIX = /^(?:access-control-|x-tenant-|x-mcpstack-|proxy-)/;

/**
 * On every answer: the tenant's bytes are served from our origin, so a browser must never treat them as a page or a
 * script of ours.
 */
const SAFE_ANSWER = [
  "x-content-type-options",
  "nosniff",
  "content-security-policy",
  "sandbox; default-src 'none'",
];

/** Names whose direction was decided; clients invent few. */
const DECIDED_NAMES_MAX = 1_000;

/** Remembers the answers of `decide`, up to a bound. */
function remembered(decide: (name: string) => boolean): (name: string) => boolean {
  const decided = new Map<string, boolean>();
  return (name) => {
    const known = decided.get(name);
    if (known !== undefined) return known;
    const answer = decide(name);
    if (decided.size < DECIDED_NAMES_MAX) decided.set(name, answer);
    return answer;
  };
}

const mayGoUp = remembered((name) => !NOT_UP.has(name) && !NOT_UP_PREFIX.test(name));
const mayGoDown = remembered((name) => !NOT_DOWN.has(name) && !NOT_DOWN_PREFIX.test(name));

export interface UpstreamHeaders {
  requestId: string;
  traceparent: string;
  keepTraceState: boolean;
  /** Null for servers that are not ours: they need not know the slug. */
  tenantSlug: string | null;
  /** The session id as the server gave it. */
  session: string | null;
  hasBody: boolean;
  /** What the owner set for the upstream; lower-case names. They override what the client sent. */
  set: Readonly<Record<string, string>>;
}

/** The request headers to send on, as a flat list of names and values. */
export function headersUp(headers: IncomingHttpHeaders, own: UpstreamHeaders): string[] {
  const named = namedByConnection(headers.connection);
  const up: string[] = [
    "x-request-id",
    own.requestId,
    "traceparent",
    own.traceparent,
    "accept-encoding",
    "identity",
  ];
  if (own.tenantSlug !== null) up.push("x-tenant-slug", own.tenantSlug);
  if (own.session !== null) up.push("mcp-session-id", own.session);
  // Never the caller's words: a server that believed another charset than UTF-8 would read another tool than we did.
  if (own.hasBody) up.push("content-type", "application/json");
  if (own.keepTraceState && typeof headers.tracestate === "string") up.push("tracestate", headers.tracestate);
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== "string") continue;
    if (!mayGoUp(name) || (named.size > 0 && named.has(name))) continue;
    if (own.set[name] !== undefined && !NOT_SETTABLE.has(name)) continue;
    up.push(name, value);
  }
  for (const name in own.set) if (!NOT_SETTABLE.has(name)) up.push(name, own.set[name] ?? "");
  return up;
}

/** The response headers to send down, with ours. `extra` goes last. */
export function headersDown(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  extra: readonly string[],
): string[] {
  const named = namedByConnection(typeof headers.connection === "string" ? headers.connection : undefined);
  const down: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !mayGoDown(name) || (named.size > 0 && named.has(name))) continue;
    if (name === "content-type") {
      down.push(name, safeContentType(typeof value === "string" ? value : (value[0] ?? "")));
    } else if (typeof value === "string") down.push(name, value);
    else for (const item of value) down.push(name, item);
  }
  down.push(...SAFE_ANSWER, ...extra);
  return down;
}

/** MCP answers with JSON or events. Anything else is shown as plain text, so that no browser runs it. */
function safeContentType(contentType: string): string {
  const mediaType = mediaTypeOf(contentType);
  const isMcp = mediaType === "application/json" || mediaType === "text/event-stream";
  return isMcp ? contentType : "text/plain; charset=utf-8";
}
