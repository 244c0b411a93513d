import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

/** What callers saw while versions came and went. */
export interface LoadSeen {
  calls: number;
  /** Sessions that were opened, used for several calls and closed. */
  sessions: number;
  /** One line for each call that failed. */
  failures: string[];
  /** Every answer's text, with how often it came. */
  answers: Map<string, number>;
}

/** A module that answers `echo` with its own name, in a stateless server of the legacy era, after `delayMs`. */
export const namedVersion = (name: string, delayMs = 5): string => `
const json = (value) => new Response(JSON.stringify(value), { headers: { "content-type": "application/json" } });
export default {
  async fetch(request) {
    if (request.method !== "POST") return new Response(null, { status: 405 });
    const { id, method, params } = await request.json();
    const answer = (result) => json({ jsonrpc: "2.0", id, result });
    if (id === undefined) return new Response(null, { status: 202 });
    if (method === "initialize") return answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } });
    if (method === "tools/list") return answer({ tools: [{ name: "echo", inputSchema: { type: "object" } }] });
    if (method !== "tools/call") return json({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } });
    await new Promise((resolve) => setTimeout(resolve, ${delayMs}));
    return answer({ content: [{ type: "text", text: ${JSON.stringify(name)} }] });
  },
};`;

const CALLS_PER_SESSION = 10;

/** Calls `echo` at `urls` from `callers` real MCP clients, without a pause, until `work` has ended. */
export async function underLoad(
  urls: readonly string[],
  callers: number,
  work: () => Promise<void>,
): Promise<LoadSeen> {
  const seen: LoadSeen = { calls: 0, sessions: 0, failures: [], answers: new Map() };
  let isOver = false;
  const call = async (url: string): Promise<void> => {
    while (!isOver) {
      try {
        await oneSession(url, seen, () => isOver);
      } catch (error) {
        seen.failures.push(`session: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const calling = Array.from({ length: callers }, (_, index) => call(urls[index % urls.length] ?? ""));
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(calling);
  }
  return seen;
}

async function oneSession(url: string, seen: LoadSeen, isOver: () => boolean): Promise<void> {
  const client = new Client({ name: "load", version: "1.0.0" }, { versionNegotiation: { mode: "legacy" } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  try {
    for (let count = 0; count < CALLS_PER_SESSION && !isOver(); count++) {
      seen.calls += 1;
      try {
        const { content } = await client.callTool({ name: "echo", arguments: {} });
        const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
        seen.answers.set(text, (seen.answers.get(text) ?? 0) + 1);
      } catch (error) {
        seen.failures.push(`call: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    seen.sessions += 1;
  } finally {
    await client.close();
  }
}
