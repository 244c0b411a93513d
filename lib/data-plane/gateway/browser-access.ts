import type { IncomingMessage } from "node:http";

/** Which web pages may call MCP endpoints. */
export interface BrowserAccessOptions {
  /** Our own origin, e.g. `https://mcp.example.com`. */
  publicUrl: string;
  /** More origins, exact; `*` allows every page. */
  allowedOrigins: readonly string[];
}

export type BrowserAccess =
  /** Not a browser, or not across origins. */
  { kind: "none" } | { kind: "allowed"; headers: readonly string[] } | { kind: "refused"; origin: string };

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;
const HEADER_NAME = /^[a-z0-9-]{1,64}$/;
const ALWAYS_ALLOWED_HEADERS = [
  "accept",
  "authorization",
  "content-type",
  "last-event-id",
  "mcp-method",
  "mcp-name",
  "mcp-protocol-version",
  "mcp-session-id",
  "traceparent",
  "x-api-key",
];
const EXPOSED_HEADERS = "mcp-session-id, mcp-protocol-version, x-request-id, retry-after, www-authenticate";

/**
 * Decides by the Origin header. Pages of this origin and of the caller's own machine may call; others only when the
 * operator allowed them. This stops DNS rebinding: the page then has the attacker's origin, whatever it resolves to.
 */
export function createBrowserAccess({ publicUrl, allowedOrigins }: BrowserAccessOptions) {
  const allowed = new Set([publicUrl, ...allowedOrigins].map((origin) => origin.toLowerCase()));
  const allowsAll = allowed.has("*");
  return (req: IncomingMessage): BrowserAccess => {
    const { origin } = req.headers;
    if (origin === undefined) return { kind: "none" };
    const normal = origin.toLowerCase();
    if (!allowsAll && !allowed.has(normal) && !LOOPBACK_ORIGIN.test(normal))
      return { kind: "refused", origin };
    return {
      kind: "allowed",
      headers: [
        "access-control-allow-origin",
        origin,
        "vary",
        "Origin",
        "access-control-expose-headers",
        EXPOSED_HEADERS,
      ],
    };
  };
}

/** What a preflight is told. Asked-for headers are allowed when they look like header names. */
export function preflightHeaders(req: IncomingMessage): string[] {
  const asked = (req.headers["access-control-request-headers"] ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => HEADER_NAME.test(name))
    .slice(0, 50);
  return [
    "access-control-allow-methods",
    "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers",
    [...new Set([...ALWAYS_ALLOWED_HEADERS, ...asked])].join(", "),
    "access-control-max-age",
    "600",
  ];
}
