import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { startSearch } from "#components/incidents/start-search.ts";
import { StartWalkthrough } from "#components/incidents/start-walkthrough.tsx";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { serversQuery } from "#lib/client/queries/servers.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAgents } from "#lib/domain/agents/index.ts";
import { listServers } from "#lib/domain/servers/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Start walkthrough" };

const loadStart = createLoader(startSearch);

export default async function NewIncidentPage({ params, searchParams }: PageProps<"/[org]/incidents/new">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  const [search] = await Promise.all([
    loadStart(searchParams),
    prefetch(client, serversQuery(org), () => listServers(ctx, {})),
    prefetch(client, agentsQuery(org), () => listAgents(ctx, {})),
  ]);
  return (
    <Hydrate client={client}>
      <StartWalkthrough search={search} />
    </Hydrate>
  );
}
