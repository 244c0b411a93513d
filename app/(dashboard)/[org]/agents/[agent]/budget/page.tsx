import type { Metadata } from "next";
import { AgentBudgetPage } from "#components/agents/agent-budget.tsx";

export const metadata: Metadata = { title: "Budget & Usage" };

export default function BudgetPage() {
  return <AgentBudgetPage />;
}
