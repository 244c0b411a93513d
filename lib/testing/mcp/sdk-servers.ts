import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { McpServer as LegacyServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createMcpHandler, McpServer as ModernServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { answerWithFetch } from "./fetch-handler.ts";
import { listenOnLoopback } from "./test-gateway.ts";

/** An MCP server in this process, at `url`. */
export interface TestMcpServer {
  url: string;
  /** Headers of every request that arrived, oldest first. */
  seen: IncomingMessage["headers"][];
  close(): Promise<void>;
}

/** A stateless server of both eras, made with the second SDK generation: tools `echo`, `fail` and `count`. */
export async function startModernServer(): Promise<TestMcpServer> {
  const handler = createMcpHandler(() => {
    const server = new ModernServer({ name: "modern-test-server", version: "2.0.0" });
    server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, async ({ text }) => ({
      content: [{ type: "text", text }],
    }));
    server.registerTool("fail", { inputSchema: z.object({}) }, async () => ({
      isError: true,
      content: [{ type: "text", text: "the order does not exist" }],
    }));
    server.registerTool("count", { inputSchema: z.object({ to: z.number() }) }, async ({ to }, context) => {
      for (let step = 1; step <= to; step++) {
        await context.mcpReq.notify({
          method: "notifications/message",
          params: { level: "info", data: `step ${step}` },
        });
      }
      return { content: [{ type: "text", text: `counted to ${to}` }] };
    });
    return server;
  });
  const seen: IncomingMessage["headers"][] = [];
  const server = await listenOnLoopback((req, res) => {
    seen.push(req.headers);
    void answerWithFetch((request) => handler.fetch(request), req, res);
  });
  return {
    url: `${server.url}/mcp`,
    seen,
    close: async () => {
      await handler.close();
      await server.close();
    },
  };
}

/** A stateful server with sessions, made with the first SDK generation: the same tools. */
export async function startLegacyServer(): Promise<TestMcpServer> {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const seen: IncomingMessage["headers"][] = [];
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void transports.set(id, transport),
      onsessionclosed: (id) => void transports.delete(id),
    });
    const server = new LegacyServer(
      { name: "legacy-test-server", version: "1.0.0" },
      { capabilities: { logging: {} } },
    );
    server.registerTool("echo", { inputSchema: { text: z.string() } }, async ({ text }) => ({
      content: [{ type: "text", text }],
    }));
    server.registerTool("fail", { inputSchema: {} }, async () => ({
      isError: true,
      content: [{ type: "text", text: "the order does not exist" }],
    }));
    server.registerTool("count", { inputSchema: { to: z.number() } }, async ({ to }, context) => {
      for (let step = 1; step <= to; step++) {
        await context.sendNotification({
          method: "notifications/message",
          params: { level: "info", data: `step ${step}` },
        });
      }
      return { content: [{ type: "text", text: `counted to ${to}` }] };
    });
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    return transport;
  };
  const server = await listenOnLoopback((req, res) => {
    seen.push(req.headers);
    const session = req.headers["mcp-session-id"];
    const known = typeof session === "string" ? transports.get(session) : undefined;
    if (known) void known.handleRequest(req, res);
    else if (session !== undefined) {
      res.writeHead(404, { "content-type": "application/json" });
      res.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}');
    } else if (req.method === "POST") void open().then((transport) => transport.handleRequest(req, res));
    else {
      res.writeHead(400, { "content-type": "application/json" });
      res.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Mcp-Session-Id is required"}}');
    }
  });
  return {
    url: `${server.url}/mcp`,
    seen,
    close: async () => {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
      await server.close();
    },
  };
}
