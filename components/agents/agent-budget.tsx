"use client";

// What did this agent spend this month, on what and for whom, and what stops it?

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { PageBody } from "#components/shell/page-body.tsx";
import { QueryError } from "#components/shell/query-error.tsx";
import { StaleNotice } from "#components/shell/stale-notice.tsx";
import { Card } from "#components/ui/card.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { agentBudgetQuery } from "#lib/client/queries/agents.ts";
import { useAgent } from "./agent-context.tsx";
import { AgentUsageSection } from "./agent-usage-section.tsx";
import { BudgetMonth } from "./budget-month.tsx";
import { PausedNotice } from "./paused-notice.tsx";

// The form is below what one comes to look at, and arrives after it.
const BudgetCard = dynamic(() => import("./budget-card.tsx").then((module) => module.BudgetCard), {
  ssr: false,
  loading: () => <Skeleton className="h-96 w-full rounded-lg" />,
});

export function AgentBudgetPage() {
  const { org, agent } = useAgent();
  const budget = useQuery(agentBudgetQuery(org, agent.id));
  return (
    <PageBody>
      <PausedNotice />
      <StaleNotice query={budget} />
      {budget.data ? (
        <BudgetMonth budget={budget.data} />
      ) : budget.isError ? (
        <Card>
          <QueryError query={budget} title="The budget could not be loaded" />
        </Card>
      ) : (
        <Skeleton className="h-32 w-full rounded-lg" />
      )}
      <AgentUsageSection />
      {budget.data ? (
        <BudgetCard budget={budget.data} />
      ) : budget.isError ? null : (
        <Skeleton className="h-72 w-full rounded-lg" />
      )}
    </PageBody>
  );
}
