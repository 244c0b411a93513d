import { rawRequest } from "./raw-client.ts";
import { type ScriptedUpstream, toolResult } from "./scripted-upstream.ts";

/** Opens a legacy session whose id at the upstream is `upstreamId`; answers the id that the client holds. */
export async function startLegacySession(
  mcpUrl: string,
  upstream: ScriptedUpstream,
  upstreamId: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const params = {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "session tester", version: "1.2.3" },
  };
  const pending = rawRequest(mcpUrl, {
    headers,
    body: { jsonrpc: "2.0", id: "init", method: "initialize", params },
  });
  const { res } = await upstream.next();
  res.writeHead(200, { "content-type": "application/json", "mcp-session-id": upstreamId });
  res.end(JSON.stringify(toolResult("init")));
  const answer = await pending;
  const session = answer.headers["mcp-session-id"];
  if (typeof session !== "string") throw new Error(`no session came down: ${answer.text}`);
  return session;
}
