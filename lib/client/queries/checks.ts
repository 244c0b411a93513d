import type { SmokeResult, ToolCallResult } from "#lib/contract/index.ts";
import { api } from "../api.ts";
import { serverPath } from "./servers.ts";

/** Runs a real MCP session that lists the tools. A failed smoke is a result, not an error. */
export const runSmoke = (org: string, server: string) =>
  api.post<SmokeResult>(serverPath(org, server, "mcp-smoke", "tools-list"));
/** Calls one tool through a real MCP session. */
export const callTool = (org: string, server: string, tool: string, args: Record<string, unknown>) =>
  api.post<ToolCallResult>(serverPath(org, server, "mcp-smoke", "tools", tool, "call"), { arguments: args });
