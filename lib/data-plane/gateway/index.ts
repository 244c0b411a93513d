/**
 * The MCP gateway: takes MCP traffic of both eras at `/mcp/{slug}`, passes it through unchanged to the server behind
 * the slug, and reports one fact per message. It never waits for the database.
 */
export type { ServerLoad } from "./admission.ts";
export { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
