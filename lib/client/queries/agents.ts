import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type {
  AccessKey,
  Agent,
  AgentBudget,
  AgentListItem,
  AgentServer,
  AgentUsage,
  AgentUsageQuery,
  CreateAgent,
  CreateAgentKey,
  CreatedAccessKey,
  EffectiveTool,
  RotateKey,
  UpdateAgent,
  UpdateAgentBudget,
} from "#lib/contract/index.ts";
import { utcMonthOf } from "#lib/kernel/utc-month.ts";
import { api, apiPath } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { organizationKey } from "./organizations.ts";

/** All agents live under this key; after a change of one, invalidate it. */
export const agentsKey = (org: string) => [...organizationKey(org), "agents"] as const;
/** Everything of one agent. `agent` is its id, as in the address. */
export const agentKey = (org: string, agent: string) => [...agentsKey(org), agent] as const;
export const agentPath = (org: string, agent: string, ...rest: string[]): string =>
  apiPath("organizations", org, "agents", agent, ...rest);

export const agentsQuery = (org: string) =>
  queryOptions({
    queryKey: [...agentsKey(org), "list"],
    queryFn: ({ signal }) => api.get<AgentListItem[]>(apiPath("organizations", org, "agents"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const agentQuery = (org: string, agent: string) =>
  queryOptions({
    queryKey: [...agentKey(org, agent), "self"],
    queryFn: ({ signal }) => api.get<Agent>(agentPath(org, agent), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const agentServersQuery = (org: string, agent: string) =>
  queryOptions({
    queryKey: [...agentKey(org, agent), "servers"],
    queryFn: ({ signal }) => api.get<AgentServer[]>(agentPath(org, agent, "servers"), { signal }),
    refetchInterval: POLL_MS.page,
  });

export const agentToolsQuery = (org: string, agent: string) =>
  queryOptions({
    queryKey: [...agentKey(org, agent), "tools"],
    queryFn: ({ signal }) => api.get<EffectiveTool[]>(agentPath(org, agent, "tools"), { signal }),
  });

export const agentKeysQuery = (org: string, agent: string) =>
  queryOptions({
    queryKey: [...agentKey(org, agent), "keys"],
    queryFn: ({ signal }) => api.get<AccessKey[]>(agentPath(org, agent, "keys"), { signal }),
    refetchInterval: POLL_MS.page,
  });

/** Asked often: somebody who watches a budget run out watches this. */
export const agentBudgetQuery = (org: string, agent: string) =>
  queryOptions({
    queryKey: [...agentKey(org, agent), "budget"],
    queryFn: ({ signal }) => api.get<AgentBudget>(agentPath(org, agent, "budget"), { signal }),
    refetchInterval: POLL_MS.live,
  });

/** Lengths of the windows in which an agent's use is looked at; `month` is the calendar month so far, in UTC. */
export const AGENT_USAGE_WINDOWS = ["24h", "7d", "30d", "month"] as const;
export type AgentUsageWindow = (typeof AGENT_USAGE_WINDOWS)[number];
const HOUR_MS = 3_600_000;
const WINDOW_MS = { "24h": 24 * HOUR_MS, "7d": 168 * HOUR_MS, "30d": 720 * HOUR_MS } as const;

export interface AgentUsageView {
  readonly window: AgentUsageWindow;
  readonly by: NonNullable<z.input<typeof AgentUsageQuery>["by"]>;
  readonly compare: NonNullable<z.input<typeof AgentUsageQuery>["compare"]>;
}

/** What the API is asked for a view at a time. */
export function agentUsageSearch({ window, by, compare }: AgentUsageView, nowMs: number) {
  const fromMs =
    window === "month" ? utcMonthOf(nowMs).startMs : Math.ceil(nowMs / HOUR_MS) * HOUR_MS - WINDOW_MS[window];
  return { from: new Date(fromMs).toISOString(), by, compare };
}

export const agentUsageQuery = (org: string, agent: string, view: AgentUsageView) =>
  queryOptions({
    queryKey: [...agentKey(org, agent), "usage", view],
    queryFn: ({ signal }) =>
      api.get<AgentUsage>(agentPath(org, agent, "usage"), {
        search: agentUsageSearch(view, Date.now()),
        signal,
      }),
    refetchInterval: POLL_MS.page,
  });

export const createAgent = (org: string, input: z.input<typeof CreateAgent>) =>
  api.post<Agent>(apiPath("organizations", org, "agents"), input);
export const updateAgent = (org: string, agent: string, change: z.input<typeof UpdateAgent>) =>
  api.patch<Agent>(agentPath(org, agent), change);
/** Its keys are refused from then on; what it spent stays in the books. */
export const deleteAgent = (org: string, agent: string) => api.delete(agentPath(org, agent));
/** Its calls are denied everywhere within two seconds. */
export const pauseAgent = (org: string, agent: string, note: string | null) =>
  api.post<Agent>(agentPath(org, agent, "pause"), { note });
export const resumeAgent = (org: string, agent: string) => api.post<Agent>(agentPath(org, agent, "resume"));

/** `server` is its id or slug. */
export const attachServerToAgent = (org: string, agent: string, server: string) =>
  api.put<AgentServer>(agentPath(org, agent, "servers", server), undefined);
export const detachServerFromAgent = (org: string, agent: string, server: string) =>
  api.delete(agentPath(org, agent, "servers", server));

/** The answer holds the secret, this once. */
export const createAgentKey = (org: string, agent: string, input: z.input<typeof CreateAgentKey>) =>
  api.post<CreatedAccessKey>(agentPath(org, agent, "keys"), input);
/** A new key, whose secret the answer holds this once; the old one works until the overlap ends. */
export const rotateAgentKey = (org: string, agent: string, key: string, input: z.input<typeof RotateKey>) =>
  api.post<CreatedAccessKey>(agentPath(org, agent, "keys", key, "rotate"), input);
export const revokeAgentKey = (org: string, agent: string, key: string) =>
  api.delete(agentPath(org, agent, "keys", key));

export const updateAgentBudget = (org: string, agent: string, change: z.input<typeof UpdateAgentBudget>) =>
  api.patch<AgentBudget>(agentPath(org, agent, "budget"), change);
