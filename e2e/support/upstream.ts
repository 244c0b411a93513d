import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";

/** A name that only the operator's alias leads to this machine. */
export const UPSTREAM_HOST = "tickets.e2e.internal";
export const UPSTREAM_URL = `http://${UPSTREAM_HOST}/mcp`;
/** The same for what log drains deliver to. */
export const SINK_HOST = "logs.e2e.internal";

/** A real MCP server of the first SDK generation, outside the product; `port` 0 takes a free one. */
export async function startUpstream(port: number): Promise<{ port: number; close(): Promise<void> }> {
  const server = http.createServer((req, res) => {
    if (req.url !== "/mcp") {
      res.writeHead(404).end("There is nothing here.");
      return;
    }
    const mcp = new McpServer({ name: "elsewhere", version: "0.9.0" });
    mcp.registerTool("echo", { inputSchema: { text: z.string() } }, ({ text }) => ({
      content: [{ type: "text", text: `elsewhere: ${text}` }],
    }));
    // Without a session id generator it keeps no state.
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    res.on("close", () => void transport.close());
    void mcp
      .connect(transport as Parameters<typeof mcp.connect>[0])
      .then(() => transport.handleRequest(req, res));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
