import { cache } from "react";
import type { Me, Organization } from "#lib/contract/index.ts";
import { listOrganizationsOfUser } from "#lib/domain/organizations/index.ts";
import { getSystem } from "#lib/http/system.ts";
import { requirePrincipal } from "./require-ctx.ts";

/** The signed-in person with the organizations they can act in, as `GET /me` answers. */
export const requireMe = cache(async (): Promise<Me> => {
  const { actor } = await requirePrincipal();
  const organizations = await listOrganizationsOfUser(getSystem(), actor.userId);
  return { kind: "user", id: actor.userId, name: actor.name, email: actor.email, organizations };
});

/** The organization of a page, among those of the person. */
export async function findOrganization(slug: string): Promise<Organization | null> {
  const me = await requireMe();
  return me.organizations.find((organization) => organization.slug === slug) ?? null;
}
