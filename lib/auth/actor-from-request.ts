import { findSessionUser } from "#lib/domain/accounts/index.ts";
import { findTokenBySecret } from "#lib/domain/api-tokens/index.ts";
import type { AuthSystem } from "./auth-system.ts";
import type { Principal } from "./principal.ts";
import { bearerOf, headerOf, type RequestHeaders } from "./request-headers.ts";
import { readSessionCookie } from "./session-cookie.ts";

/**
 * Who sent the request: an API token (`Authorization: Bearer mcpstack_sk_…`) or a person with a session cookie, or
 * null for nobody. An Authorization header is never topped up by a cookie. Both are checked against the database on
 * every call, so a revoked token, a disabled user and a session that was ended are nobody from the next request on.
 */
export async function actorFromRequest(
  system: AuthSystem,
  request: { headers: RequestHeaders },
): Promise<Principal | null> {
  if (headerOf(request.headers, "authorization") !== null) {
    const secret = bearerOf(request.headers);
    return secret === null ? null : principalOfToken(system, secret);
  }
  const claims = await readSessionCookie(system.auth, request.headers);
  if (claims === null) return null;
  const user = await findSessionUser(system, claims.sub);
  if (user === null || user.tokenVersion !== claims.ver) return null;
  return {
    via: "session",
    actor: { kind: "user", userId: user.id, name: user.name, email: user.email },
    tokenVersion: user.tokenVersion,
    expiresAtMs: claims.exp * 1000,
  };
}

async function principalOfToken(system: AuthSystem, secret: string): Promise<Principal | null> {
  const token = await findTokenBySecret(system, secret);
  if (token === null) return null;
  return {
    via: "apiToken",
    actor: { kind: "apiToken", tokenId: token.id, name: token.name, createdBy: token.createdBy },
    organizationId: token.organizationId,
    scopes: token.scopes,
    expiresAtMs: token.expiresAtMs,
  };
}
