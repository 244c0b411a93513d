import type { Metadata } from "next";
import { ServerTools } from "#components/tools/server-tools.tsx";
import { toolDriftQuery } from "#lib/client/queries/hosting.ts";
import { toolsQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { getToolDrift } from "#lib/domain/checks/index.ts";
import { listTools } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Tools" };

export default async function ToolsPage({ params }: PageProps<"/[org]/servers/[server]/tools">) {
  const { org, server } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, toolsQuery(org, server), () => listTools(ctx, { server })),
    prefetch(client, toolDriftQuery(org, server), () => getToolDrift(ctx, { server })),
  ]);
  return (
    <Hydrate client={client}>
      <ServerTools />
    </Hydrate>
  );
}
