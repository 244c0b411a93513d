import type { IncomingHttpHeaders } from "node:http";
import { listenOnLoopback } from "./test-gateway.ts";

/** An upstream that answers every request at once. */
export interface AnsweringUpstream {
  url: string;
  /** Methods of all messages that arrived, oldest first; of tool calls the tool. */
  seen: string[];
  /** Headers of all requests that arrived, oldest first. */
  headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}

interface Message {
  id?: string | number;
  method: string;
  params?: { name?: string };
}

/** Every tool works, and `tools/list` names `tools`. */
export async function startAnsweringUpstream(
  tools: readonly string[] = ["echo"],
): Promise<AnsweringUpstream> {
  const seen: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const answer = ({ id, method }: Message): object => ({
    jsonrpc: "2.0",
    id,
    result:
      method === "tools/list"
        ? { tools: tools.map((name) => ({ name, inputSchema: { type: "object" } })) }
        : { content: [{ type: "text", text: "done" }] },
  });
  const server = await listenOnLoopback(async (req, res) => {
    headers.push(req.headers);
    let body = "";
    for await (const chunk of req) body += String(chunk);
    if (req.method !== "POST") {
      res.writeHead(405).end();
      return;
    }
    const sent = JSON.parse(body) as Message | Message[];
    const messages = Array.isArray(sent) ? sent : [sent];
    seen.push(...messages.map(({ method, params }) => params?.name ?? method));
    const answers = messages.filter(({ id }) => id !== undefined).map(answer);
    if (answers.length === 0) res.writeHead(202).end();
    else {
      res.writeHead(200, { "content-type": "application/json" });
      res.end(JSON.stringify(Array.isArray(sent) ? answers : answers[0]));
    }
  });
  return { url: `${server.url}/mcp`, seen, headers, close: server.close };
}
