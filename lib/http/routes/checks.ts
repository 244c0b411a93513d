import { z } from "zod";
import {
  CheckKind,
  CheckRun,
  Era,
  HostingCheck,
  HostingHealth,
  SmokeResult,
  ToolCall,
  ToolCallResult,
  ToolDrift,
} from "#lib/contract/index.ts";
import {
  getToolDrift,
  listCheckRuns,
  listHostingChecks,
  runCanary,
  runHostingCheck,
  runToolCall,
  runToolsListSmoke,
} from "#lib/domain/checks/index.ts";
import { getHostingHealth } from "#lib/domain/health/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Checks"];
const EnvironmentQuery = z.object({ environment: z.literal("production").default("production") });

export const checkRoutes = [
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/hosting-checks",
    operationId: "runHostingCheck",
    summary:
      "Check dns, tls, routing, runtime and tools/list on every edge. A release gate reads `status`: passed, warned or failed; `regions[].steps[]` say what was found and what to do",
    tags,
    access: "checks:run",
    query: EnvironmentQuery,
    response: HostingCheck,
    handle: ({ ctx, params }) => runHostingCheck(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/hosting-checks",
    operationId: "listHostingChecks",
    summary: "The stored hosting checks of a server with their steps, newest first",
    tags,
    access: "checks:read",
    query: EnvironmentQuery,
    response: z.array(HostingCheck),
    handle: ({ ctx, params }) => listHostingChecks(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/hosting",
    operationId: "getHostingHealth",
    summary: "The health of a server per region, how near it came to the plan's caps, and its crashes",
    tags,
    access: "servers:read",
    query: EnvironmentQuery,
    response: HostingHealth,
    handle: ({ ctx, params }) => getHostingHealth(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/checks",
    operationId: "listChecks",
    summary: "Every stored check of a server, newest first: smokes, tool calls, hosting checks and canaries",
    tags,
    access: "checks:read",
    query: EnvironmentQuery.extend({ kind: CheckKind.optional() }),
    response: z.array(CheckRun),
    handle: ({ ctx, params, query }) => listCheckRuns(ctx, { server: params.server, kind: query.kind }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/canary",
    operationId: "runCanary",
    summary: "Run the declared canary now; an answer other than declared has status failed",
    tags,
    access: "checks:run",
    query: EnvironmentQuery,
    response: ToolCallResult,
    handle: ({ ctx, params }) => runCanary(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/tools/drift",
    operationId: "getToolDrift",
    summary: "What changed in the tools since the last good version, and whether it breaks callers",
    tags,
    access: "servers:read",
    response: ToolDrift,
    handle: ({ ctx, params }) => getToolDrift(ctx, { server: params.server }),
  }),
  defineRoute({
    method: "GET",
    path: "/organizations/{org}/mcp-servers/{server}/mcp-smoke/tools-list",
    operationId: "listToolsListSmokes",
    summary: "The stored tools/list smokes of a server, newest first",
    tags,
    access: "checks:read",
    query: EnvironmentQuery,
    response: z.array(CheckRun),
    handle: ({ ctx, params }) => listCheckRuns(ctx, { server: params.server, kind: "tools-list" }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/mcp-smoke/tools-list",
    operationId: "runToolsListSmoke",
    summary: "List the tools in a real MCP session; a server that fails is an answer with status failed",
    tags,
    access: "checks:run",
    query: EnvironmentQuery.extend({
      era: z.enum(["auto", ...Era.options]).default("auto"),
      /** Id or name of an agent: what it would see. */
      as: z.string().min(1).max(100).optional(),
    }),
    response: SmokeResult,
    handle: ({ ctx, params, query: { era, as = null } }) =>
      runToolsListSmoke(ctx, { server: params.server, era, as }),
  }),
  defineRoute({
    method: "POST",
    path: "/organizations/{org}/mcp-servers/{server}/mcp-smoke/tools/{tool}/call",
    operationId: "runToolCall",
    summary: "Call one tool in a real MCP session; a tool that fails is an answer with status failed",
    tags,
    access: "checks:run",
    query: EnvironmentQuery,
    body: ToolCall,
    bodyOptional: true,
    response: ToolCallResult,
    example: { params: { tool: "echo" }, body: { arguments: {} } },
    handle: ({ ctx, params, body }) =>
      runToolCall(ctx, { ...body, server: params.server, tool: params.tool }),
  }),
];
