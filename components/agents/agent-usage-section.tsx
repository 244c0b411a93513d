"use client";

import { useQuery } from "@tanstack/react-query";
import { QueryError } from "#components/shell/query-error.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { agentUsageQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";
import { EndUsersCard } from "./end-users-card.tsx";

/** What the agent called, and for whom it spent. */
export function AgentUsageSection() {
  const { org, agent } = useAgent();
  const usage = useQuery(agentUsageQuery(org, agent.id, { window: "24h", by: "tool", compare: "previous" }));
  if (usage.data) return <EndUsersCard usage={usage.data} />;
  if (usage.isError)
    return (
      <Card>
        <QueryError query={usage} title="The usage could not be loaded" />
      </Card>
    );
  return <Skeleton className="h-48 w-full rounded-lg" />;
}
