import type { Metadata } from "next";
import { ServerHosting } from "#components/servers/server-hosting.tsx";
import { deploymentQuery, operationsQuery, versionsQuery } from "#lib/client/queries/deployments.ts";
import { checkHistoryQuery, hostingChecksQuery, hostingHealthQuery } from "#lib/client/queries/hosting.ts";
import { serverConfigQuery, serversQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listCheckRuns, listHostingChecks } from "#lib/domain/checks/index.ts";
import { getDeployment, listOperations, listVersions } from "#lib/domain/deployments/index.ts";
import { getHostingHealth } from "#lib/domain/health/index.ts";
import { getServerConfig, listServers } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Hosting" };

export default async function HostingPage({ params }: PageProps<"/[org]/servers/[server]/hosting">) {
  const { org, server } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, serversQuery(org), () => listServers(ctx, {})),
    prefetch(client, deploymentQuery(org, server), () => getDeployment(ctx, { server })),
    prefetch(client, versionsQuery(org, server), () => listVersions(ctx, { server })),
    prefetch(client, operationsQuery(org, server), () => listOperations(ctx, { server })),
    prefetch(client, checkHistoryQuery(org, server), () => listCheckRuns(ctx, { server })),
    prefetch(client, hostingHealthQuery(org, server), () => getHostingHealth(ctx, { server })),
    prefetch(client, hostingChecksQuery(org, server), () => listHostingChecks(ctx, { server })),
    prefetch(client, serverConfigQuery(org, server), () => getServerConfig(ctx, { server })),
  ]);
  return (
    <Hydrate client={client}>
      <ServerHosting />
    </Hydrate>
  );
}
