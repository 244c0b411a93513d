import { ServerOverview } from "#components/servers/server-overview.tsx";
import { checkHistoryQuery } from "#lib/client/queries/hosting.ts";
import { serversQuery, toolsQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listCheckRuns } from "#lib/domain/checks/index.ts";
import { listServers, listTools } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export default async function ServerOverviewPage({ params }: PageProps<"/[org]/servers/[server]">) {
  const { org, server } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, serversQuery(org), () => listServers(ctx, {})),
    prefetch(client, toolsQuery(org, server), () => listTools(ctx, { server })),
    prefetch(client, checkHistoryQuery(org, server), () => listCheckRuns(ctx, { server })),
  ]);
  return (
    <Hydrate client={client}>
      <ServerOverview />
    </Hydrate>
  );
}
