import {
  AgentBudget,
  budgetVersion,
  PostedUsageEvents,
  PostUsageEvents,
  UpdateAgentBudget,
} from "#lib/contract/index.ts";
import { getAgentBudget, postUsageEvents, updateAgentBudget } from "#lib/domain/budgets/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Agents"];

/** What agents may spend, and costs that happened elsewhere. */
export const budgetRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/agents/{agent}/budget",
    operationId: "getAgentBudget",
    summary: "The caps of an agent and its users, and what it has spent of the month (UTC)",
    tags,
    access: "agents:read",
    response: AgentBudget,
    etag: budgetVersion,
    handle: ({ ctx, params: { agent } }) => getAgentBudget(ctx, { agent }),
  }),
  defineRoute({
    method: "PATCH",
    path: "/organizations/{org}/agents/{agent}/budget",
    operationId: "updateAgentBudget",
    summary: "Change caps; what is not named stays; in effect within two seconds",
    tags,
    access: "budgets:write",
    body: UpdateAgentBudget,
    response: AgentBudget,
    etag: budgetVersion,
    example: { body: { monthlyCapMicros: "25000000", defaultUserCapMicros: "500000" } },
    handle: ({ ctx, params: { agent }, body }) => updateAgentBudget(ctx, { ...body, agent }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/agents/{agent}/usage-events",
    operationId: "postUsageEvents",
    summary: "Book costs of an agent that happened elsewhere, such as those of a model; all events or none",
    tags,
    access: "usage:write",
    idempotency: "optional",
    body: PostUsageEvents,
    response: PostedUsageEvents,
    example: {
      body: {
        events: [
          {
            eventId: "llm-2026-11-20-000017",
            amountMicros: "12500",
            currency: "USD",
            occurredAt: "2026-11-20T14:03:00.000Z",
            description: "claude, 4,100 tokens",
            endUser: "ada@example.com",
          },
        ],
      },
    },
    handle: ({ ctx, params: { agent }, body }) => postUsageEvents(ctx, { ...body, agent }),
  }),
];
