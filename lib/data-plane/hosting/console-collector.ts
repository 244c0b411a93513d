import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { limits } from "#lib/kernel/limits.ts";
import type { RuntimeConsole } from "./runtime-console.ts";
import { createSocketOwners } from "./socket-owners.ts";

/** Takes the tail workers' batches. Each runtime has its own socket, which decides in whose name a batch counts. */
export interface ConsoleCollector {
  listen(path: string, owner: RuntimeConsole): Promise<() => void>;
}

export function createConsoleCollector(): ConsoleCollector {
  const posting = new WeakMap<RuntimeConsole, number>();
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    const owner = owners.ownerOf(request);
    if (owner === undefined) return void request.socket.destroy();
    const concurrent = posting.get(owner) ?? 0;
    if (concurrent >= limits.console.postsConcurrentPerRuntimeMax) return answer(request, response, 429);
    posting.set(owner, concurrent + 1);
    response.once("close", () => posting.set(owner, (posting.get(owner) ?? 1) - 1));
    receive(request, response, owner);
  });
  const owners = createSocketOwners<RuntimeConsole>(server);
  return { listen: owners.listen };
}

function answer(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume();
  response.writeHead(status, { "content-length": 0 }).end();
}

function receive(request: IncomingMessage, response: ServerResponse, owner: RuntimeConsole): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limits.console.postBytesMax) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.on("error", () => response.destroy());
  request.on("end", () => {
    if (bytes > limits.console.postBytesMax) return answer(request, response, 413);
    try {
      owner.tail(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    } catch {
      // Only the tail worker writes here; a broken batch has nothing to show, and must not end the edge.
      return answer(request, response, 400);
    }
    answer(request, response, 204);
  });
}
