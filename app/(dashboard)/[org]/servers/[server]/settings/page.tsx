import type { Metadata } from "next";
import { ServerSettings } from "#components/servers/server-settings.tsx";
import { serverConfigQuery, toolsQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { getServerConfig, listTools } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Settings" };

export default async function ServerSettingsPage({ params }: PageProps<"/[org]/servers/[server]/settings">) {
  const { org, server } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, serverConfigQuery(org, server), () => getServerConfig(ctx, { server })),
    prefetch(client, toolsQuery(org, server), () => listTools(ctx, { server })),
  ]);
  return (
    <Hydrate client={client}>
      <ServerSettings />
    </Hydrate>
  );
}
