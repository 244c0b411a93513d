import type { IncomingMessage, ServerResponse } from "node:http";
import { listenOnLoopback } from "./test-gateway.ts";

/** One exchange as the upstream saw it. */
export interface SeenExchange {
  req: IncomingMessage;
  res: ServerResponse;
  /** The body, complete. */
  body: string;
  /** Resolves when the connection to the gateway is closed or the response is complete. */
  closed: Promise<void>;
}

/** An upstream that does exactly what the test says. */
export interface ScriptedUpstream {
  url: string;
  /** Resolves with the next exchange that nobody has taken yet. */
  next(): Promise<SeenExchange>;
  close(): Promise<void>;
}

/** Answers nothing by itself: each exchange waits until the test takes it with `next`. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const arrived: SeenExchange[] = [];
  const waiting: ((exchange: SeenExchange) => void)[] = [];
  const server = await listenOnLoopback(async (req, res) => {
    res.on("error", () => undefined);
    const closed = new Promise<void>((resolve) => {
      res.once("close", resolve);
    });
    let body = "";
    for await (const chunk of req) body += String(chunk);
    const exchange = { req, res, body, closed };
    const taker = waiting.shift();
    if (taker) taker(exchange);
    else arrived.push(exchange);
  });
  return {
    url: `${server.url}/mcp`,
    next: async () => arrived.shift() ?? new Promise((resolve) => waiting.push(resolve)),
    close: server.close,
  };
}

export const sseEvent = (message: object, id?: string): string =>
  `${id === undefined ? "" : `id: ${id}\n`}event: message\ndata: ${JSON.stringify(message)}\n\n`;

/** The answer of a tool that worked. */
export const toolResult = (id: string | number, text = "done"): object => ({
  jsonrpc: "2.0",
  id,
  result: { content: [{ type: "text", text }] },
});
