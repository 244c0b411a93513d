import type { Metadata } from "next";
import { AgentBudgetPage } from "#components/agents/agent-budget.tsx";
import { agentBudgetQuery, agentServersQuery } from "#lib/client/queries/agents.ts";
import { makeQueryClient } from "#lib/client/query-client.ts";
import { listAgentServers } from "#lib/domain/agents/index.ts";
import { getAgentBudget } from "#lib/domain/budgets/index.ts";
import { Hydrate } from "#lib/rsc/hydrate.tsx";
import { prefetch } from "#lib/rsc/prefetch.ts";
import { requireCtx } from "#lib/rsc/require-ctx.ts";

export const metadata: Metadata = { title: "Budget & Usage" };

export default async function BudgetPage({ params }: PageProps<"/[org]/agents/[agent]/budget">) {
  const { org, agent } = await params;
  const ctx = await requireCtx(org);
  const client = makeQueryClient();
  await Promise.all([
    prefetch(client, agentBudgetQuery(org, agent), () => getAgentBudget(ctx, { agent })),
    prefetch(client, agentServersQuery(org, agent), () => listAgentServers(ctx, { agent })),
  ]);
  return (
    <Hydrate client={client}>
      <AgentBudgetPage />
    </Hydrate>
  );
}
