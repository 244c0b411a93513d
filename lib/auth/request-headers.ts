import type { IncomingHttpHeaders } from "node:http";

/** Headers as the web platform or as node:http has them. */
export type RequestHeaders = Headers | IncomingHttpHeaders;

/** The value of a header (its name in lower case), or null. A repeated header is joined with commas. */
export function headerOf(headers: RequestHeaders, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  const value = headers[name];
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The cookies of a request. Malformed pairs are left out; a name given twice keeps its first value. */
export function cookiesOf(headers: RequestHeaders): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of (headerOf(headers, "cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals < 1) continue;
    const name = pair.slice(0, equals).trim();
    if (name in cookies) continue;
    cookies[name] = decodeCookieValue(pair.slice(equals + 1).trim());
  }
  return cookies;
}

function decodeCookieValue(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    // Not percent-encoded after all: cookies may hold a bare percent sign.
    return value;
  }
}

/** The token of `Authorization: Bearer …`, or null when there is no such header. */
export function bearerOf(headers: RequestHeaders): string | null {
  const match = /^Bearer +([^\s,]+)$/i.exec(headerOf(headers, "authorization") ?? "");
  return match?.[1] ?? null;
}

/**
 * The caller's address. The edge is the only way in, and replaces `X-Forwarded-For` by the one address that it
 * believes, so the last entry is it.
 */
export function clientAddressOf(headers: RequestHeaders): string {
  const forwarded = headerOf(headers, "x-forwarded-for") ?? "";
  const address = forwarded.slice(forwarded.lastIndexOf(",") + 1).trim();
  return address === "" ? "unknown" : address.slice(0, 64);
}
