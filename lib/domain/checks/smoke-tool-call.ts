import type { ToolCallResult } from "#lib/contract/index.ts";
import { inSmokeSession, type SmokeTarget } from "./smoke-session.ts";

/**
 * Calls one tool in a real MCP session. `failed` when the call could not be made or the tool reported an error
 * (`isError`). Answers within `target.timeoutMs` (plus one second to close) and never throws for what the server does.
 */
export async function smokeToolCall(
  target: SmokeTarget & { tool: string; arguments: Record<string, unknown> },
): Promise<ToolCallResult> {
  const session = await inSmokeSession(target, "tools/call", (client, request) =>
    client.callTool({ name: target.tool, arguments: target.arguments }, request),
  );
  const isError = session.value?.isError === true;
  return {
    server: target.serverSlug,
    transport: "streamable-http",
    status: session.failure || isError ? "failed" : "passed",
    tool: target.tool,
    id: target.ids.id("chk"),
    isError,
    content: session.value?.content ?? [],
    structuredContent: session.value?.structuredContent ?? null,
    durationMs: session.durationMs,
    failure:
      session.failure ??
      (isError
        ? {
            step: "tools/call",
            code: "tool_error",
            message: "The tool ran and reported an error (isError).",
            fix: "Its answer says what it did not like. Check the arguments and the server's logs.",
          }
        : null),
    requestId: session.requestId,
    checkedAt: new Date(target.clock.nowMs()).toISOString(),
  };
}
