import {
  AgentUsage,
  AgentUsageQuery,
  QuotaQuery,
  QuotaReport,
  UsageExportQuery,
  UsageQuery,
  UsageReport,
} from "#lib/contract/index.ts";
import { exportUsage, getAgentUsage, getQuota, getUsage } from "#lib/domain/usage/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Usage"];

export const usageRoutes = [
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/usage",
    operationId: "getUsage",
    summary:
      "Tool calls of a window by server, tool, agent, client, source, region or outcome, with what they cost and what changed, biggest change first",
    tags,
    access: "usage:read",
    query: UsageQuery,
    response: UsageReport,
    handle: ({ ctx, query }) => getUsage(ctx, query),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/usage/quota",
    operationId: "getQuota",
    summary: "How near the calls of a window, and what is there now, come to the caps of the plan",
    tags,
    access: "usage:read",
    query: QuotaQuery,
    response: QuotaReport,
    handle: ({ ctx, query }) => getQuota(ctx, query),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/usage/export",
    operationId: "exportUsage",
    summary:
      "Usage as a file, one row per hour and combination of the dimensions in by, e.g. by=server,tool, with amounts in micros and in USD. X-Total-Micros tells what the rows come to",
    tags,
    access: "usage:read",
    query: UsageExportQuery,
    response: { streamed: ["text/csv", "application/x-ndjson"] },
    handle: async ({ ctx, query }) => {
      const { totalMicros, ...file } = await exportUsage(ctx, { ...query, by: query.by.join(",") });
      return { ...file, headers: { "x-total-micros": totalMicros } };
    },
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/agents/{agent}/usage",
    operationId: "getAgentUsage",
    summary: "What an agent called and spent in a window, and its month (UTC) so far with its end users",
    tags,
    access: "usage:read",
    query: AgentUsageQuery,
    response: AgentUsage,
    handle: ({ ctx, params, query }) => getAgentUsage(ctx, { ...query, agent: params.agent }),
  }),
];
