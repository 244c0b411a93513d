import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "#lib/domain/access/index.ts";
import { encodeId, type IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { headersForWeb, headersFromWeb } from "./forwarded-headers.ts";
import { answerUnavailable, type WebTrouble } from "./unavailable-answer.ts";

export interface WebProxyOptions {
  /** Unix socket where the web process listens. */
  webSocketPath: string;
  /** Whether `X-Forwarded-*` of the peer is believed. */
  trustProxy: boolean;
  /** Whether WebSocket upgrades reach the web process: only its development server has one. */
  allowUpgrade: boolean;
  ids: IdSource;
  log: Log;
}

export interface WebProxy {
  handle(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Whether the web process accepts connections, found out within `timeoutMs`. */
  isUp(timeoutMs: number): Promise<boolean>;
  readonly inFlight: number;
  close(): void;
}

const NOT_LISTENING: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED"]);
const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "";

/** Passes everything that is not MCP or the log stream on to the web process, streaming both ways. */
export function createWebProxy(options: WebProxyOptions): WebProxy {
  const { webSocketPath, trustProxy, ids, log } = options;
  const { webConnectionsMax, webInFlightMax, webResponseTimeoutMs } = limits.frontDoor;
  const agent = new Agent({ keepAlive: true, maxSockets: webConnectionsMax, maxFreeSockets: 32 });
  let inFlight = 0;

  const refuse = (req: IncomingMessage, res: ServerResponse, trouble: WebTrouble, error?: Error): void => {
    const requestId = encodeId("req", ids.uuid());
    if (error && trouble !== "starting")
      log.warn({ err: error, requestId, trouble }, "the web process gave no answer");
    answerUnavailable(req, res, trouble, requestId);
    req.resume();
  };

  const send = (req: IncomingMessage, res: ServerResponse, isRetry: boolean): void => {
    const hasBody =
      req.headers["content-length"] !== undefined || req.headers["transfer-encoding"] !== undefined;
    const up = request({
      socketPath: webSocketPath,
      agent,
      method: req.method,
      path: req.url,
      headers: headersForWeb(req, trustProxy),
      setHost: false,
    });
    const timer = setTimeout(() => up.destroy(new Error("no response in time")), webResponseTimeoutMs);
    let isLate = false;
    timer.unref();
    const onAnswerOver = (): void => {
      // What was refused unread still comes, and the connection's next request waits behind it.
      req.unpipe(up);
      req.resume();
      up.destroy();
    };
    res.once("close", onAnswerOver);
    up.once("response", (response) => {
      clearTimeout(timer);
      res.writeHead(response.statusCode ?? 502, headersFromWeb(response));
      response.pipe(res);
      response.once("error", () => res.destroy());
    });
    up.once("error", (error) => {
      clearTimeout(timer);
      res.off("close", onAnswerOver);
      if (res.destroyed) return;
      isLate = error.message === "no response in time";
      // A kept connection may have been closed under us. Only what changes nothing is asked again: else it might be
      // done twice.
      const mayRetry =
        !isRetry &&
        (req.method === "GET" || req.method === "HEAD") &&
        !hasBody &&
        up.reusedSocket &&
        !res.headersSent &&
        codeOf(error) === "ECONNRESET";
      if (mayRetry) send(req, res, true);
      else
        refuse(
          req,
          res,
          NOT_LISTENING.has(codeOf(error)) ? "starting" : isLate ? "timeout" : "failed",
          error,
        );
    });
    if (!hasBody) up.end();
    else {
      if (req.headers.expect !== undefined) res.writeContinue();
      req.pipe(up);
    }
  };

  return {
    handle: (req, res) => {
      if (inFlight >= webInFlightMax) {
        refuse(req, res, "busy");
        return;
      }
      inFlight++;
      res.once("close", () => {
        inFlight--;
      });
      send(req, res, false);
    },
    upgrade: (req, socket, head) => {
      if (!options.allowUpgrade) {
        endUpgrade(socket, "404 Not Found");
        return;
      }
      const up = request({
        socketPath: webSocketPath,
        method: req.method,
        path: req.url,
        headers: headersForWeb(req, trustProxy, true),
        setHost: false,
      });
      up.once("upgrade", (response, upstream, upstreamHead) => {
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${rawHeaderLines(response)}\r\n`);
        if (upstreamHead.length > 0) socket.write(upstreamHead);
        if (head.length > 0) upstream.write(head);
        upstream.once("error", () => socket.destroy());
        socket.once("close", () => upstream.destroy());
        upstream.once("close", () => socket.destroy());
        upstream.pipe(socket).pipe(upstream);
      });
      up.once("response", (response) => {
        endUpgrade(socket, `${response.statusCode} ${response.statusMessage}`);
        response.destroy();
      });
      up.once("error", () => endUpgrade(socket, "503 Service Unavailable"));
      socket.once("error", () => up.destroy());
      up.end();
    },
    isUp: (timeoutMs) =>
      new Promise((resolve) => {
        const socket = connect(webSocketPath);
        const answer = (isUp: boolean): void => {
          clearTimeout(timer);
          socket.destroy();
          resolve(isUp);
        };
        const timer = setTimeout(() => answer(false), timeoutMs);
        socket.once("connect", () => answer(true));
        socket.once("error", () => answer(false));
      }),
    get inFlight() {
      return inFlight;
    },
    close: () => agent.destroy(),
  };
}

function rawHeaderLines({ rawHeaders }: IncomingMessage): string {
  let lines = "";
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    lines += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  }
  return lines;
}

/** Refuses an upgrade in plain HTTP and ends the connection, also when the peer leaves its own end open. */
export function endUpgrade(socket: Duplex, status: string): void {
  if (socket.destroyed) return;
  // Not at once: what the peer still sends would reset the connection before it has read the answer.
  const linger = setTimeout(() => socket.destroy(), limits.frontDoor.lingerMs);
  linger.unref();
  socket.once("close", () => clearTimeout(linger));
  socket.resume();
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
