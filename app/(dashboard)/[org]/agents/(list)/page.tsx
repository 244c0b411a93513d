import type { Metadata } from "next";
import { AgentList } from "#components/agents/agent-list.tsx";
import { agentsQuery } from "#lib/client/queries/agents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAgents } from "#lib/domain/agents/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage({ params }: PageProps<"/[org]/agents">) {
  const { org } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, agentsQuery(org), () => listAgents(ctx, {}));
  return (
    <Hydrate client={client}>
      <AgentList />
    </Hydrate>
  );
}
