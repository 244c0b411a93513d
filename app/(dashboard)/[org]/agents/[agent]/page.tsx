import { AgentOverview } from "#components/agents/agent-overview.tsx";
import { agentServersQuery, agentsQuery } from "#lib/client/queries/agents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAgentServers, listAgents } from "#lib/domain/agents/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export default async function AgentOverviewPage({ params }: PageProps<"/[org]/agents/[agent]">) {
  const { org, agent } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, agentsQuery(org), () => listAgents(ctx, {})),
    prefetch(client, agentServersQuery(org, agent), () => listAgentServers(ctx, { agent })),
  ]);
  return (
    <Hydrate client={client}>
      <AgentOverview />
    </Hydrate>
  );
}
