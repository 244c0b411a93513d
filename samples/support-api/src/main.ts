import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { registerDeskTools } from "./desk-tools.ts";
import { createTicketApi, type SupportEnvironment } from "./ticket-api.ts";
import { registerTicketDecisions, registerTicketReads, registerTicketWrites } from "./ticket-tools.ts";

/** A hosted MCP server: a module whose default export answers `fetch`. Speaks both MCP eras, keeps no state. */
type Handler = ReturnType<typeof createMcpHandler>;
let handler: Handler | undefined;

function handlerFor(environment: SupportEnvironment): Handler {
  const api = createTicketApi(environment);
  return createMcpHandler(() => {
    const server = new McpServer(
      { name: "support-api", title: "Support desk", version: "1.0.0" },
      {
        instructions: "A small support desk. Look a ticket up before changing it; refunds cannot be undone.",
      },
    );
    registerTicketReads(server, api);
    registerTicketWrites(server, api);
    registerTicketDecisions(server, api);
    registerDeskTools(server, api);
    return server;
  });
}

export default {
  fetch(request: Request, environment: SupportEnvironment): Promise<Response> {
    handler ??= handlerFor(environment);
    return handler.fetch(request);
  },
};
