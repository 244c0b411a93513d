import { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { nextAuthOptions } from "#lib/auth/next-auth.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { problemResponse } from "./problem.ts";
import { readBytes } from "./request-body.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request-id.ts";
import { getSystem } from "./system.ts";

interface AuthContext {
  params: Promise<{ nextauth: string[] }>;
}

/**
 * What next-auth may be asked. Not its log endpoint, which writes whatever anybody sends, nor its session endpoint,
 * which nothing of ours needs and which takes any failure, such as a database that is away, for the end of the session.
 */
const ACTIONS: ReadonlySet<string> = new Set(["callback", "csrf", "error", "providers", "signin", "signout"]);

/** Answers `/api/auth/*` with next-auth, after bounding the body, which next-auth itself reads without end. */
export async function handleAuth(request: NextRequest, context: AuthContext): Promise<Response> {
  const system = getSystem();
  const requestId = requestIdOf(request.headers, system.ids);
  try {
    const [action = ""] = (await context.params).nextauth;
    if (!ACTIONS.has(action)) throw new DomainError("not_found", "There is no such address.");
    const bounded = await boundBody(request);
    const response: Response = await NextAuth(bounded, context, nextAuthOptions(system));
    response.headers.set(REQUEST_ID_HEADER, requestId);
    response.headers.set("cache-control", "private, no-store");
    return response;
  } catch (thrown) {
    const error = toDomainError(thrown);
    if (error.code === "internal") system.log.error({ err: error.cause, requestId }, "authentication failed");
    const response = problemResponse(error, requestId, request.nextUrl.pathname);
    response.headers.set(REQUEST_ID_HEADER, requestId);
    return response;
  }
}

async function boundBody(request: NextRequest): Promise<NextRequest> {
  if (request.method !== "POST") return request;
  const bytes = await readBytes(request, limits.http.signInBodyBytesMax);
  return new NextRequest(request.nextUrl, {
    method: request.method,
    headers: request.headers,
    body: new Uint8Array(bytes),
  });
}
