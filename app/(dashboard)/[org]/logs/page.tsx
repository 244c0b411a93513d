import type { Metadata } from "next";
import { MergedLogPage } from "#components/log-stream/merged-log-page.tsx";
import { serversQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listServers } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Live logs" };

export default async function MergedLogsPage({ params }: PageProps<"/[org]/logs">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, serversQuery(org), () => listServers(ctx, {}));
  return (
    <Hydrate client={client}>
      <MergedLogPage />
    </Hydrate>
  );
}
