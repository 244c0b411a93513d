import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { Agent, Article, Customer } from "./contract.ts";
import type { TicketApi } from "./ticket-api.ts";
import { asTool } from "./tool-result.ts";

const reads = { readOnlyHint: true, openWorldHint: false };

/** The people of the desk and what they know. */
export function registerDeskTools(server: McpServer, api: TicketApi): void {
  server.registerTool(
    "list_agents",
    {
      title: "List agents",
      description: "Who works at the desk, in which team, with how many open tickets.",
      inputSchema: z.object({ team: z.string().max(40).optional() }),
      annotations: reads,
    },
    (input) =>
      asTool("list_agents", input, async () => ({ agents: await api.get("/agents", z.array(Agent), input) })),
  );
  server.registerTool(
    "get_customer",
    {
      title: "Get a customer",
      description: "A customer's plan, history and open tickets.",
      inputSchema: z.object({ customerId: z.string().min(1).max(40).describe("Customer id, e.g. C-203") }),
      annotations: reads,
    },
    (input) =>
      asTool("get_customer", input, async () => ({
        customer: await api.get(`/customers/${encodeURIComponent(input.customerId)}`, Customer),
      })),
  );
  server.registerTool(
    "search_knowledge_base",
    {
      title: "Search the knowledge base",
      description: "Help articles that answer a question.",
      inputSchema: z.object({
        query: z.string().min(2).max(200),
        limit: z.number().int().min(1).max(10).default(3),
      }),
      annotations: reads,
    },
    (input) =>
      asTool("search_knowledge_base", input, async () => {
        const articles = await api.get("/articles", z.array(Article), input);
        if (articles.length === 0) console.warn("no article answers %s", JSON.stringify(input.query));
        return { articles };
      }),
  );
}
