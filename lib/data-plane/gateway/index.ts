/**
 * The MCP gateway: takes MCP traffic of both eras at `/mcp/{slug}` and `/gateway/{publicId}/mcp`, decides who may call
 * what, passes it through unchanged to the server behind the URL, and reports one fact per message. It never waits for
 * the database.
 */
export { type CallLimiter, createSharedLimiter } from "./access/index.ts";
export { createGateway, type Gateway } from "./gateway.ts";
