import type { Metadata } from "next";
import { AgentServers } from "#components/agents/agent-servers.tsx";
import { agentServersQuery, agentToolsQuery } from "#lib/client/queries/agents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { effectiveTools, listAgentServers } from "#lib/domain/agents/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Servers and tools" };

export default async function AgentServersPage({ params }: PageProps<"/[org]/agents/[agent]/servers">) {
  const { org, agent } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, agentServersQuery(org, agent), () => listAgentServers(ctx, { agent })),
    prefetch(client, agentToolsQuery(org, agent), () => effectiveTools(ctx, { agent })),
  ]);
  return (
    <Hydrate client={client}>
      <AgentServers />
    </Hydrate>
  );
}
