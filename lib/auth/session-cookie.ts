import { getToken } from "next-auth/jwt";
import { z } from "zod";
import type { AuthSettings } from "./auth-system.ts";
import { cookiesOf, type RequestHeaders } from "./request-headers.ts";

/** What the session cookie says; nothing in it is believed before the database agrees. */
const SessionClaims = z.object({
  sub: z.string().startsWith("usr_"),
  /** The user's token version at sign-in. */
  ver: z.number().int(),
  /** Seconds since the epoch. */
  exp: z.number(),
});
export type SessionClaims = z.infer<typeof SessionClaims>;

/** The session cookie's name; `__Host-` pins it to this host over https. */
export const sessionCookieName = (secure: boolean): string =>
  secure ? "__Host-mcpstack-session" : "mcpstack-session";

/** The claims of a genuine, unexpired session cookie, or null. */
export async function readSessionCookie(
  settings: AuthSettings,
  headers: RequestHeaders,
): Promise<SessionClaims | null> {
  const name = sessionCookieName(settings.secureCookies);
  const cookies = cookiesOf(headers);
  if (!Object.keys(cookies).some((cookie) => cookie.startsWith(name))) return null;
  // No headers are passed on: next-auth would take a Bearer header for a session.
  const request = { headers: {}, cookies } as unknown as Parameters<typeof getToken>[0]["req"];
  const token = await getToken({
    req: request,
    secret: settings.secret,
    secureCookie: settings.secureCookies,
    cookieName: name,
  });
  const claims = SessionClaims.safeParse(token);
  return claims.success ? claims.data : null;
}
