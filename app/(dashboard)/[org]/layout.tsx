import { notFound } from "next/navigation";
import { AppShell } from "#components/shell/app-shell.tsx";
import { OrganizationProvider } from "#components/shell/organization-context.tsx";
import { findOrganization, requireMe } from "#lib/rsc/me.ts";

/** Signs in, finds the organization, and draws the shell. Pages decide for themselves what they need of it. */
export default async function OrganizationLayout({ params, children }: LayoutProps<"/[org]">) {
  const { org } = await params;
  const me = await requireMe();
  const organization = await findOrganization(org);
  if (organization === null) notFound();
  return (
    <OrganizationProvider organization={organization}>
      <AppShell org={org} me={me}>
        {children}
      </AppShell>
    </OrganizationProvider>
  );
}
