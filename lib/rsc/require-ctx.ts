import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { actorFromRequest, ctxFor, type SessionPrincipal } from "#lib/auth/index.ts";
import type { Ctx } from "#lib/domain/access/index.ts";
import { requestIdOf } from "#lib/http/request-id.ts";
import { getSystem } from "#lib/http/system.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/** Where a page was asked for, set by proxy.ts: a server component cannot see its own address. */
const PATH_HEADER = "x-mcpstack-path";

/** The signed-in person, or null. One database read per request, however many components ask. */
export const findPrincipal = cache(async (): Promise<SessionPrincipal | null> => {
  const principal = await actorFromRequest(getSystem(), { headers: await headers() });
  return principal?.via === "session" ? principal : null;
});

/** The signed-in person; everybody else is sent to sign in, and from there back here. */
export async function requirePrincipal(): Promise<SessionPrincipal> {
  const principal = await findPrincipal();
  if (principal) return principal;
  const path = (await headers()).get(PATH_HEADER) ?? "/";
  return redirect(path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`);
}

/** The context of a page of the organization `orgRef`; one that is missing or not theirs is the same "not found". */
export const requireCtx = cache(async (orgRef: string): Promise<Ctx> => {
  const system = getSystem();
  const principal = await requirePrincipal();
  const requestId = requestIdOf(await headers(), system.ids);
  return ctxFor(system, principal, orgRef, requestId).catch(notFoundPage);
});

/** Turns the domain's `not_found` into the not-found page; anything else goes on to the error page. */
export function notFoundPage(error: unknown): never {
  if (error instanceof DomainError && error.code === "not_found") notFound();
  throw error;
}
