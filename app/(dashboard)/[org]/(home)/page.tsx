import type { Metadata } from "next";
import { OrganizationOverview } from "#components/organizations/overview.tsx";
import { overviewQuery } from "#lib/client/queries/organizations.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { getOverview } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Overview" };

export default async function OverviewPage({ params }: PageProps<"/[org]">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, overviewQuery(org), () => getOverview(ctx, {}));
  return (
    <Hydrate client={client}>
      <OrganizationOverview />
    </Hydrate>
  );
}
