import { IncidentProvider } from "#components/incidents/incident-context.tsx";
import { IncidentHeader } from "#components/incidents/incident-header.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

/** The head with the tabs of one incident. */
export default async function IncidentLayout({
  params,
  children,
}: LayoutProps<"/[org]/incidents/[incident]">) {
  const { org, incident } = await params;
  await requireCtx(org);
  return (
    <IncidentProvider incident={incident}>
      <IncidentHeader />
      {children}
    </IncidentProvider>
  );
}
