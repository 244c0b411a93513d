import { queryOptions } from "@tanstack/react-query";
import type { CheckRun, SmokeResult, ToolCallResult } from "#lib/contract/index.ts";
import { api } from "../api.ts";
import { POLL_MS } from "../polling.ts";
import { serverKey, serverPath } from "./servers.ts";

export const checkRunsQuery = (org: string, server: string) =>
  queryOptions({
    queryKey: [...serverKey(org, server), "checks"],
    queryFn: ({ signal }) =>
      api.get<CheckRun[]>(serverPath(org, server, "mcp-smoke", "tools-list"), { signal }),
    refetchInterval: POLL_MS.page,
  });

/** Runs a real MCP session that lists the tools. A failed smoke is a result, not an error. */
export const runSmoke = (org: string, server: string) =>
  api.post<SmokeResult>(serverPath(org, server, "mcp-smoke", "tools-list"));
/** Calls one tool through a real MCP session. */
export const callTool = (org: string, server: string, tool: string, args: Record<string, unknown>) =>
  api.post<ToolCallResult>(serverPath(org, server, "mcp-smoke", "tools", tool, "call"), { arguments: args });
