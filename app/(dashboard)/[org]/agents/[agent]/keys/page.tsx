import type { Metadata } from "next";
import { AgentKeys } from "#components/agents/agent-keys.tsx";
import { agentKeysQuery } from "#lib/client/queries/agents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAgentKeys } from "#lib/domain/agents/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Keys" };

export default async function AgentKeysPage({ params }: PageProps<"/[org]/agents/[agent]/keys">) {
  const { org, agent } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await prefetch(client, agentKeysQuery(org, agent), () => listAgentKeys(ctx, { agent }));
  return (
    <Hydrate client={client}>
      <AgentKeys />
    </Hydrate>
  );
}
