import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { findSessionUser, signIn } from "#lib/domain/accounts/index.ts";
import { toDomainError } from "#lib/kernel/errors.ts";
import { isId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { AuthSystem } from "./auth-system.ts";
import { clientAddressOf } from "./request-headers.ts";
import { sessionCookieName } from "./session-cookie.ts";

/**
 * How next-auth makes and ends sessions: e-mail and password, a signed and encrypted cookie of eight hours that names
 * the user and their token version. A refused sign-in carries `CredentialsSignin`, `rate_limited:<seconds>` or another
 * error code as its `error`. Apart from the front door, so that only Next loads next-auth itself.
 */
export function nextAuthOptions(system: AuthSystem): NextAuthOptions {
  const { secret, secureCookies } = system.auth;
  const maxAge = limits.auth.sessionSeconds;
  return {
    secret,
    useSecureCookies: secureCookies,
    session: { strategy: "jwt", maxAge },
    // The cookie and the token inside it expire together.
    jwt: { secret, maxAge },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    cookies: {
      sessionToken: {
        name: sessionCookieName(secureCookies),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: secureCookies },
      },
    },
    logger: {
      // The credentials' own refusals are logged where they are decided; metadata may hold what was typed.
      error: (code) =>
        code === "JWT_SESSION_ERROR"
          ? system.log.debug({ code }, "a session that was ended asked for itself")
          : system.log.warn({ code }, "next-auth reported an error"),
      warn: (code) => system.log.debug({ code }, "next-auth reported a warning"),
      debug: () => undefined,
    },
    providers: [
      CredentialsProvider({
        name: "E-mail and password",
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: async (credentials, request) => {
          try {
            const user = await signIn(system, {
              email: credentials?.email ?? "",
              password: credentials?.password ?? "",
              address: clientAddressOf(request.headers ?? {}),
              requestId: requestIdOf(system, request.headers),
            });
            return { id: user.id, tokenVersion: user.tokenVersion };
          } catch (error) {
            return refuse(system, error);
          }
        },
      }),
    ],
    callbacks: {
      jwt: async ({ token, user }) => {
        if (user) return { sub: user.id, ver: (user as { tokenVersion?: number }).tokenVersion };
        const current = await findSessionUser(system, token.sub ?? "");
        // next-auth answers a throw here by clearing the cookie.
        if (current === null || current.tokenVersion !== token.ver) throw new Error("the session was ended");
        return { sub: token.sub, ver: token.ver };
      },
      session: async ({ session, token }) => {
        const user = await findSessionUser(system, token.sub ?? "");
        return { expires: session.expires, user: { name: user?.name ?? null, email: user?.email ?? null } };
      },
    },
  };
}

/** Null is next-auth's "wrong credentials"; a thrown message becomes the `error` that the sign-in page reads. */
function refuse(system: AuthSystem, thrown: unknown): null {
  const error = toDomainError(thrown);
  if (error.code === "unauthenticated") return null;
  if (error.code === "internal") system.log.error({ err: error.cause ?? error }, "sign-in failed");
  const wait = error.retryAfterSeconds;
  throw new Error(wait === undefined ? error.code : `${error.code}:${wait}`);
}

function requestIdOf(system: AuthSystem, headers: Record<string, unknown> | undefined): string {
  const given = headers?.["x-request-id"];
  return typeof given === "string" && isId("req", given) ? given : system.ids.id("req");
}
