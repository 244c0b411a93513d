import { type Ctx, scopesOfRole } from "#lib/domain/access/index.ts";
import { findMembership, findOrganization } from "#lib/domain/organizations/index.ts";
import { notFound } from "#lib/kernel/errors.ts";
import type { AuthSystem } from "./auth-system.ts";
import type { Principal } from "./principal.ts";

/**
 * The context in which `principal` acts in the organization `organizationRef` (id or slug). An organization that does
 * not exist and one that the principal has no part in throw the same `not_found`.
 */
export async function ctxFor(
  system: AuthSystem,
  principal: Principal,
  organizationRef: string,
  requestId: string,
): Promise<Ctx> {
  const { database, clock, ids, log, doors } = system;
  const base = { database, clock, ids, log, doors, actor: principal.actor, requestId };
  if (principal.via === "apiToken") {
    const organization = await findOrganization(system, organizationRef);
    if (organization === null || organization.id !== principal.organizationId) throw notFound("organization");
    return { ...base, organization, role: null, scopes: principal.scopes };
  }
  const membership = await findMembership(system, principal.actor.userId, organizationRef);
  if (membership === null) throw notFound("organization");
  const { organization, role } = membership;
  return { ...base, organization, role, scopes: scopesOfRole(role) };
}
