import type { Client } from "@modelcontextprotocol/client";
import type { SmokeReport, Tool } from "#lib/contract/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import { inSmokeSession, type SmokeTarget } from "./smoke-session.ts";

/**
 * Runs `tools/list` in a real MCP session and reports what it saw, with whole tools. Answers within
 * `target.timeoutMs` (plus one second to close) and never throws for what the server does.
 */
export async function smokeToolsList(target: SmokeTarget): Promise<SmokeReport> {
  const session = await inSmokeSession(target, "tools/list", listAllTools);
  const tools = session.value ?? [];
  return {
    server: target.serverSlug,
    transport: "streamable-http",
    status: session.failure ? "failed" : "passed",
    toolCount: tools.length,
    id: target.ids.id("chk"),
    protocolVersion: session.protocolVersion,
    era: session.era,
    durationMs: session.durationMs,
    failure: session.failure,
    tools,
    requestId: session.requestId,
    checkedAt: new Date(target.clock.nowMs()).toISOString(),
  };
}

/** All pages: the client follows the cursors, at most `limits.checks.toolPagesMax` of them. */
async function listAllTools(
  client: Client,
  request: { signal: AbortSignal; timeout: number },
): Promise<Tool[]> {
  const { tools } = await client.listTools(undefined, { ...request, cacheMode: "bypass" });
  if (tools.length > limits.checks.toolsMax)
    throw new Error(`The server lists more than ${limits.checks.toolsMax} tools, the most that are shown.`);
  return tools.map((tool) => ({
    name: tool.name,
    title: tool.title ?? null,
    description: tool.description ?? null,
    inputSchema: { ...tool.inputSchema },
    outputSchema: tool.outputSchema ? { ...tool.outputSchema } : null,
    annotations: tool.annotations ? { ...tool.annotations } : null,
  }));
}
