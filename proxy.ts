import { type NextRequest, NextResponse } from "next/server";
import { REQUEST_ID_HEADER, requestIdOf } from "#lib/http/request-id.ts";
import { pagePolicy } from "#lib/http/security-headers.ts";
import { createIdSource } from "#lib/kernel/ids.ts";

const ids = createIdSource();

/**
 * Runs before every page: gives it a request id, its own address (a server component cannot see it), and a
 * Content-Security-Policy with a fresh nonce, which Next puts on its scripts. Nothing here decides who may see what.
 */
export function proxy(request: NextRequest): NextResponse {
  const requestId = requestIdOf(request.headers, ids);
  const policy = pagePolicy({
    nonce: ids.secret(16),
    host: request.headers.get("x-forwarded-host") ?? request.headers.get("host"),
    isDevelopment: process.env.NODE_ENV === "development",
  });
  const headers = new Headers(request.headers);
  headers.set(REQUEST_ID_HEADER, requestId);
  headers.set("x-mcpstack-path", request.nextUrl.pathname + request.nextUrl.search);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set(REQUEST_ID_HEADER, requestId);
  response.headers.set("content-security-policy", policy);
  return response;
}

export const config = {
  /** Not REST and MCP (a matched request's body would be buffered), and not what the build made. */
  matcher: ["/((?!api/|mcp-admin$|_next/static/|_next/image).*)"],
};
