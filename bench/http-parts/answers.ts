/** What the upstream of the benches answers, over HTTP and over standard input and output: one kilobyte per tool call. */
const TEXT = "x".repeat(900);

interface Message {
  id?: number | string;
  method?: string;
  params?: { protocolVersion?: string };
}

/** The answer to a message as JSON; null when none is due. */
export function answerTo(json: string): string | null {
  const { id, method, params } = JSON.parse(json) as Message;
  if (id === undefined) return null;
  return JSON.stringify({ jsonrpc: "2.0", id, result: resultOf(method, params?.protocolVersion) });
}

function resultOf(method: string | undefined, protocolVersion: string | undefined): object {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: protocolVersion ?? "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "bench-upstream", version: "1.0.0" },
      };
    case "tools/list":
      return { tools: [{ name: "echo", description: "Echoes.", inputSchema: { type: "object" } }] };
    case "tools/call":
      return { content: [{ type: "text", text: TEXT }] };
    default:
      return {};
  }
}
