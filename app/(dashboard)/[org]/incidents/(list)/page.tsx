import type { Metadata } from "next";
import { IncidentList } from "#components/incidents/incident-list.tsx";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Incidents" };

export default async function IncidentsPage({ params }: PageProps<"/[org]/incidents">) {
  const { org } = await params;
  await requireCtx(org);
  return <IncidentList />;
}
