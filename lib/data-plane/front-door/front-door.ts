import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "#lib/domain/access/index.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ReadinessReport } from "./readiness.ts";
import { endUpgrade, type WebProxy } from "./web-proxy.ts";

export interface FrontDoorOptions {
  /** Takes MCP requests; answers false for others. */
  mcp(req: IncomingMessage, res: ServerResponse): boolean;
  /** Takes upgrades to the log stream; answers false for others. */
  logStream(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Takes a scraper's request for metrics; answers false for others. */
  metrics(req: IncomingMessage, res: ServerResponse): boolean;
  /** Takes the payment provider's webhooks; answers false for others. */
  webhooks(req: IncomingMessage, res: ServerResponse): boolean;
  web: WebProxy;
  ready(): Promise<ReadinessReport>;
  log: Log;
}

export interface FrontDoor {
  /** Listens; resolves with the port, which is chosen when `port` is 0. */
  listen(port: number, host: string): Promise<number>;
  /** Takes no more connections. */
  stopListening(): void;
  /** Waits up to `timeoutMs` for what is under way, then ends every connection. */
  close(timeoutMs: number): Promise<void>;
}

/** The one port of the product: MCP, the log stream, health, and everything else for the web process. */
export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { web, log } = options;
  const upgraded = new Set<Duplex>();
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    // A client that left in the middle is not an error of ours; whoever writes looks at `destroyed`.
    res.on("error", () => undefined);
    const url = req.url ?? "";
    if (!url.startsWith("/"))
      sendJson(res, 400, { status: "error", detail: "The request target must be a path." });
    else if (options.mcp(req, res)) return;
    else if (url === "/health") sendJson(res, 200, { status: "ok" });
    else if (url === "/ready") void answerReady(res);
    else if (options.metrics(req, res)) return;
    else if (options.webhooks(req, res)) return;
    else if (!isDecodable(url))
      sendJson(res, 400, {
        status: "error",
        detail: "A % in the address is not followed by the code of a character. Encode it as UTF-8.",
      });
    else web.handle(req, res);
  };
  const answerReady = async (res: ServerResponse): Promise<void> => {
    const report = await options.ready();
    sendJson(res, report.status === "ready" ? 200 : 503, report);
  };
  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    socket.on("error", () => socket.destroy());
    const url = req.url ?? "";
    if (!url.startsWith("/") || /^\/(?:mcp|gateway)(?:[/?]|$)/.test(url))
      endUpgrade(socket, "400 Bad Request");
    else if (!options.logStream(req, socket, head)) web.upgrade(req, socket, head);
  };
  const server = harden(createServer({ maxHeaderSize: limits.frontDoor.headerBytesMax, noDelay: true }), log);
  server.on("request", onRequest);
  // The body is asked for only by whoever is going to read it.
  server.on("checkContinue", onRequest);
  server.on("upgrade", onUpgrade);

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ port, host, backlog: 1024 }, () => {
          server.off("error", reject);
          server.on("error", (error) => log.error({ err: error }, "the front door has an error"));
          resolve((server.address() as AddressInfo).port);
        });
      }),
    stopListening: () => {
      server.close();
    },
    close: async (timeoutMs) => {
      server.close();
      const until = performance.now() + timeoutMs;
      while (performance.now() < until && (await connectionsOf(server)) > upgraded.size) {
        server.closeIdleConnections();
        await delay(20);
      }
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      web.close();
    },
  };
}

/** Whether the path of `url` is text in UTF-8: pages and API fail on anything else. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)));

/** Bounds what a peer can make this process hold or wait for. Responses may last as long as they like. */
function harden(server: Server, log: Log): Server {
  const { connectionsMax, headersTimeoutMs, requestTimeoutMs, keepAliveMs } = limits.frontDoor;
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveMs;
  server.maxConnections = connectionsMax;
  server.on("clientError", (error, socket) => {
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    if (socket.destroyed || code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const status =
      code === "HPE_HEADER_OVERFLOW"
        ? "431 Request Header Fields Too Large"
        : code === "ERR_HTTP_REQUEST_TIMEOUT"
          ? "408 Request Timeout"
          : "400 Bad Request";
    endUpgrade(socket, status);
  });
  server.on("connect", (_req, socket) => endUpgrade(socket, "405 Method Not Allowed"));
  server.on("drop", () => log.warn({ connectionsMax }, "a connection was refused: too many are open"));
  return server;
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  if (res.headersSent || res.destroyed) return;
  res.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  res.end(JSON.stringify(value));
}
