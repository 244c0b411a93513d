/**
 * The product's own MCP server, `/mcp-admin`: an agent investigates with the scopes of an API token. Tools call the same verbs
 * as REST and change nothing; their answers are bounded, and what strangers wrote comes as JSON.
 */
import { getSystem, type WebSystem } from "../system.ts";
import { createMcpAdmin } from "./endpoint.ts";
import { ADMIN_TOOLS } from "./tools.ts";

let current: { system: WebSystem; answer: (request: Request) => Promise<Response> } | null = null;

/** Answers a request at `/mcp-admin` in this process. */
export function answerMcpAdmin(request: Request): Promise<Response> {
  const system = getSystem();
  if (current?.system !== system)
    current = { system, answer: createMcpAdmin({ system, tools: ADMIN_TOOLS }) };
  return current.answer(request);
}
