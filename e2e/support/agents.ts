import type { CreatedAccessKey } from "#lib/contract/index.ts";
import type { ApiClient } from "./api-client.ts";
import { uniqueSlug } from "./fixtures.ts";
import { type FrontedServer, frontedServer } from "./gateways.ts";
import { connectMcp, type McpClient } from "./mcp-clients.ts";

export interface AgentOnServer extends FrontedServer {
  agent: { id: string; name: string };
  /** A session of the agent at its own door. */
  connect(): Promise<McpClient>;
}

/** An agent with a key, attached to a hosted server behind a gateway of its own. */
export async function agentOnServer(api: ApiClient, name: string): Promise<AgentOnServer> {
  const fronted = await frontedServer(api, name);
  const agent = await api.do<{ id: string; name: string }>("POST", "/agents", {
    body: { name: uniqueSlug("Robot") },
  });
  const { secret } = await api.do<CreatedAccessKey>("POST", `/agents/${agent.id}/keys`, {
    body: { name: "robot" },
  });
  await api.do("PUT", `/agents/${agent.id}/servers/${fronted.slug}`);
  return {
    ...fronted,
    agent,
    connect: () => connectMcp(fronted.attachment.url, "modern", { authorization: `Bearer ${secret}` }),
  };
}
