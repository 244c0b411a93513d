"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { Organization, Scope } from "#lib/contract/index.ts";

const OrganizationContext = createContext<Organization | null>(null);

export function OrganizationProvider({
  organization,
  children,
}: {
  organization: Organization;
  children: ReactNode;
}) {
  return <OrganizationContext value={organization}>{children}</OrganizationContext>;
}

/** The organization of the page, with what the person may do in it. The API decides; this only spares a refusal. */
export function useOrganization(): Organization & { can: (scope: Scope) => boolean } {
  const organization = useContext(OrganizationContext);
  if (organization === null) throw new Error("useOrganization needs an OrganizationProvider above it");
  return { ...organization, can: (scope) => organization.scopes.includes(scope) };
}
