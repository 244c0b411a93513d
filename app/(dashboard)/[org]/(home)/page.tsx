import type { Metadata } from "next";
import { OrganizationOverview } from "#components/organizations/overview.tsx";
import { OPEN_SHOWN_MAX, OPEN_STATUSES, openIncidentsQuery } from "#lib/client/queries/open-incidents.ts";
import { overviewQuery } from "#lib/client/queries/organizations.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listIncidents } from "#lib/domain/incidents/index.ts";
import { getOverview } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ params }: PageProps<"/[org]">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, overviewQuery(org), () => getOverview(ctx, {})),
    prefetch(client, openIncidentsQuery(org), () =>
      listIncidents(ctx, { status: OPEN_STATUSES, pageSize: OPEN_SHOWN_MAX }),
    ),
  ]);
  return (
    <Hydrate client={client}>
      <OrganizationOverview />
    </Hydrate>
  );
}
