import { z } from "zod";
import { CheckRun, SmokeResult, ToolCall, ToolCallResult } from "#lib/contract/index.ts";
import { listCheckRuns, runToolCall, runToolsListSmoke } from "#lib/domain/checks/index.ts";
import { defineRoute } from "../define-route.ts";

const tags = ["Checks"];
const EnvironmentQuery = z.object({ environment: z.literal("production").default("production") });

export const checkRoutes = [
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
    query: EnvironmentQuery,
    response: SmokeResult,
    handle: ({ ctx, params }) => runToolsListSmoke(ctx, { server: params.server }),
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
      runToolCall(ctx, { server: params.server, tool: params.tool, arguments: body.arguments }),
  }),
];
