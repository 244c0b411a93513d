import { type AuthSystem, actorFromRequest, ctxFor } from "#lib/auth/index.ts";
import type { Authorize } from "#lib/data-plane/log-stream/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/** Who may watch console lines: members and API tokens of the owning organization with the scope `logs:read`. */
export function logViewerAccess(system: AuthSystem): Authorize {
  return async (credentials, organizationId) => {
    const principal = await actorFromRequest(system, { headers: credentials });
    if (!principal) return { kind: "unauthenticated" };
    if (organizationId === null) return { kind: "forbidden" };
    try {
      const ctx = await ctxFor(system, principal, organizationId, system.ids.id("req"));
      if (!ctx.scopes.has("logs:read")) return { kind: "forbidden" };
    } catch (error) {
      if (error instanceof DomainError && error.code === "not_found") return { kind: "forbidden" };
      throw error;
    }
    return { kind: "allowed", name: principal.actor.name, expiresAtMs: principal.expiresAtMs };
  };
}
