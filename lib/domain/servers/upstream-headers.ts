import type { FieldError } from "#lib/kernel/errors.ts";
import { HOP_BY_HOP } from "#lib/kernel/hop-by-hop.ts";

/** What the gateway itself says to an upstream, or what only an answer carries. */
const OURS: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "forwarded",
  "host",
  "last-event-id",
  "origin",
  "referer",
  "set-cookie",
  "set-cookie2",
  "traceparent",
  "tracestate",
  "via",
  "x-request-id",
]);
const OUR_PREFIXES = [
  "access-control-",
  "mcp-",
  "proxy-",
  "sec-",
  "x-forwarded-",
  "x-mcpstack-",
  "x-tenant-",
];

/** What is wrong with a header that is to go to an upstream with every request; null when fine. `name` is lower-case. */
export function refuseUpstreamHeader(name: string, value: string): FieldError | null {
  const path = `upstreamHeaders.${name}`;
  if (OURS.has(name) || HOP_BY_HOP.has(name) || OUR_PREFIXES.some((prefix) => name.startsWith(prefix)))
    return {
      path,
      code: "reserved",
      message: `The header ${name} is set by the gateway or by HTTP itself. Choose one such as authorization or x-api-key.`,
    };
  if (!/[a-z0-9]/.test(name))
    return { path, code: "invalid_name", message: "A header name has at least one letter or digit." };
  if (value.trim() !== value || value === "")
    return {
      path,
      code: "invalid_value",
      message: "Give a value without spaces before or after it; null removes the header.",
    };
  return null;
}
