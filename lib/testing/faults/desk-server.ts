import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { listenOnLoopback } from "../mcp/index.ts";

/** What a tool of the desk does when it is called. */
export interface DeskTool {
  /** Argument that it requires, beside none. */
  requires?: string;
  /** Listed and then not known when it is called. */
  isUnhandled?: boolean;
  /** Answers with `isError` and this text. */
  error?: string;
  delayMs?: number;
  /** Size of its answer. */
  bytes?: number;
}

/** How the whole server behaves now; a scenario changes it while it runs. */
export interface DeskBehaviour {
  tools: Record<string, DeskTool>;
  /** HTTP status of every request, or of `tools/call` alone, instead of an answer. */
  status: { all: number | null; calls: number | null };
  /** Cuts the connection without an answer. */
  isDown: boolean;
}

/** An MCP server of both eras that somebody else runs, and that breaks as it is told. */
export interface DeskServer {
  readonly url: string;
  readonly behaviour: DeskBehaviour;
  close(): Promise<void>;
}

const healthy = (): DeskBehaviour => ({
  tools: { search_tickets: {}, get_ticket: {}, close_ticket: {} },
  status: { all: null, calls: null },
  isDown: false,
});

export async function startDeskServer(): Promise<DeskServer> {
  const behaviour = healthy();
  const handler = createMcpHandler(() => serverOf(behaviour));
  const listener = await listenOnLoopback((req, res) => {
    void answer(behaviour, (request) => handler.fetch(request), req, res);
  });
  return {
    url: `${listener.url}/mcp`,
    behaviour,
    close: async () => {
      await handler.close();
      await listener.close();
    },
  };
}

async function answer(
  behaviour: DeskBehaviour,
  handle: (request: Request) => Promise<Response>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (behaviour.isDown) {
    res.destroy();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const asked = messageOf(body);
  const refusal = behaviour.status.all ?? (asked?.method === "tools/call" ? behaviour.status.calls : null);
  if (refusal !== null) {
    const said = refusal === 401 || refusal === 403 ? "the token is not accepted" : "internal error";
    res.writeHead(refusal, { "content-type": "application/json" }).end(JSON.stringify({ error: said }));
    return;
  }
  const tool = asked?.method === "tools/call" ? behaviour.tools[asked.params?.name ?? ""] : undefined;
  if (tool?.isUnhandled === true) {
    const error = { code: -32601, message: `No handler for the tool ${asked?.params?.name}` };
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ jsonrpc: "2.0", id: asked?.id ?? null, error }));
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers))
    if (typeof value === "string") headers.set(name, value);
  const hasBody = req.method !== "GET" && req.method !== "DELETE";
  const response = await handle(
    new Request(`http://desk.test${req.url}`, {
      method: req.method ?? "GET",
      headers,
      ...(hasBody ? { body } : {}),
    }),
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  res.writeHead(response.status, Object.fromEntries(response.headers)).end(bytes);
}

interface Asked {
  id?: string | number;
  method?: string;
  params?: { name?: string };
}

function messageOf(body: Buffer): Asked | null {
  try {
    return JSON.parse(body.toString("utf8")) as Asked;
  } catch {
    // Requests without a message, such as the end of a session.
    return null;
  }
}

function serverOf({ tools }: DeskBehaviour): McpServer {
  const server = new McpServer({ name: "ticket-desk", version: "1.0.0" });
  for (const [name, tool] of Object.entries(tools)) {
    const inputSchema = z.object(
      tool.requires === undefined ? { query: z.string().optional() } : { [tool.requires]: z.string() },
    );
    server.registerTool(name, { inputSchema }, async () => {
      if (tool.delayMs !== undefined) await delay(tool.delayMs);
      if (tool.error !== undefined) return { isError: true, content: [{ type: "text", text: tool.error }] };
      return { content: [{ type: "text", text: "x".repeat(tool.bytes ?? 200) }] };
    });
  }
  return server;
}
