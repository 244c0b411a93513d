import type { Role } from "#lib/contract/index.ts";
import { type Ctx, scopesOfRole } from "#lib/domain/access/index.ts";
import { DomainError } from "#lib/kernel/errors.ts";

/**
 * Throws `forbidden` unless the caller holds everything that `role` grants: nobody gives away, takes away or touches
 * more power than they have. So only owners deal with owners.
 */
export function requirePowerOver(ctx: Pick<Ctx, "scopes">, role: Role): void {
  const missing = [...scopesOfRole(role)].filter((scope) => !ctx.scopes.has(scope));
  if (missing.length === 0) return;
  throw new DomainError("forbidden", `The role ${role} can do more than you can. Ask an owner.`, {
    details: { role, missingScopes: missing },
  });
}
