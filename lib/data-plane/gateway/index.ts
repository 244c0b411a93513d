/**
 * The MCP gateway: takes MCP traffic of both eras at `/mcp/{slug}`, passes it through unchanged to the server behind
 * the slug, and reports one fact per message. It never waits for the database.
 */
export { createGateway, type Gateway } from "./gateway.ts";
