"use client";

import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { useOrganization } from "#components/shell/organization-context.tsx";
import { agentQuery } from "#lib/client/queries/agents.ts";
import type { Agent } from "#lib/contract/index.ts";

const AgentContext = createContext<Agent | null>(null);

/** Gives every part of an agent's pages the same agent: first as the page was rendered, then as it is now. */
export function AgentProvider({ initial, children }: { initial: Agent; children: ReactNode }) {
  const { slug: org } = useOrganization();
  const agent = useQuery({ ...agentQuery(org, initial.id), initialData: initial });
  return <AgentContext value={agent.data}>{children}</AgentContext>;
}

/** The agent of the page, and what the person may change of it. */
export function useAgent(): { org: string; agent: Agent; mayWrite: boolean; mayBudget: boolean } {
  const { slug: org, can } = useOrganization();
  const agent = useContext(AgentContext);
  if (agent === null) throw new Error("useAgent needs an AgentProvider above it");
  return { org, agent, mayWrite: can("agents:write"), mayBudget: can("budgets:write") };
}
