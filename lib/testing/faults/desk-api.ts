import { setTimeout as delay } from "node:timers/promises";
import { listenOnLoopback } from "../mcp/index.ts";

/** The HTTP API that the code of a hosted desk calls. */
export interface DeskApi {
  readonly url: string;
  /** How it answers now; a scenario changes it while it runs. */
  readonly behaviour: {
    status: number;
    delayMs: number;
    bytes: number;
    /** Cuts the connection without an answer. */
    isDown: boolean;
    /** The only key that it takes. */
    key: string;
  };
  close(): Promise<void>;
}

export async function startDeskApi(): Promise<DeskApi> {
  const behaviour: DeskApi["behaviour"] = {
    status: 200,
    delayMs: 5,
    bytes: 200,
    isDown: false,
    key: "desk-1",
  };
  const listener = await listenOnLoopback(async (req, res) => {
    req.resume();
    await delay(behaviour.delayMs);
    if (behaviour.isDown) {
      res.destroy();
      return;
    }
    const isKnown = req.headers["x-api-key"] === behaviour.key;
    const status = isKnown ? behaviour.status : 401;
    res.writeHead(status, { "content-type": "application/json" });
    res.end(JSON.stringify({ status, ticket: "x".repeat(status < 400 ? behaviour.bytes : 0) }));
  });
  return { url: listener.url, behaviour, close: listener.close };
}
