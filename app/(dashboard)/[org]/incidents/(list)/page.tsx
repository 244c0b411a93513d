import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { IncidentList } from "#components/incidents/incident-list.tsx";
import { incidentListSearch, viewOfSearch } from "#components/incidents/incident-list-search.ts";
import { INCIDENTS_PAGE, incidentsQuery, STATUSES_OF } from "#lib/client/queries/incidents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listIncidents } from "#lib/domain/incidents/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Incidents" };

const loadSearch = createLoader(incidentListSearch);

export default async function IncidentsPage({ params, searchParams }: PageProps<"/[org]/incidents">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const view = viewOfSearch(await loadSearch(searchParams));
  const statuses = STATUSES_OF[view.status];
  const client = makeQueryClient();
  await prefetch(client, incidentsQuery(org, view), () =>
    listIncidents(ctx, {
      status: statuses === null ? undefined : [...statuses],
      page: view.page,
      pageSize: INCIDENTS_PAGE,
      server: view.server ?? undefined,
      agent: view.agent ?? undefined,
    }),
  );
  return (
    <Hydrate client={client}>
      <IncidentList />
    </Hydrate>
  );
}
