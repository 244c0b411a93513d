import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { IncidentProvider } from "#components/incidents/incident-context.tsx";
import { IncidentHeader } from "#components/incidents/incident-header.tsx";
import { incidentEventsQuery, incidentQuery } from "#lib/client/queries/incidents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listIncidentEvents } from "#lib/domain/incidents/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";
import { requireIncident } from "#lib/rsc/require-incident.ts";

type Props = LayoutProps<"/[org]/incidents/[incident]">;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { org, incident } = await params;
  const { number, title } = await requireIncident(org, incident);
  return { title: { default: `#${number} ${title}`, template: `%s · #${number} · MCP Stack` } };
}

/** The head with the tabs of one incident. An id in the address becomes the number, so that a page has one address. */
export default async function IncidentLayout({ params, children }: Props) {
  const { org, incident: ref } = await params;
  const incident = await requireIncident(org, ref);
  const number = String(incident.number);
  if (number !== ref) redirect(`/${org}/incidents/${number}`);
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, incidentQuery(org, number), async () => incident),
    prefetch(client, incidentEventsQuery(org, number), () => listIncidentEvents(ctx, { incident: number })),
  ]);
  return (
    <Hydrate client={client}>
      <IncidentProvider incident={number}>
        <IncidentHeader />
        {children}
      </IncidentProvider>
    </Hydrate>
  );
}
