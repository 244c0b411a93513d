import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import next from "next";
import { type WebSocket, WebSocketServer } from "ws";
import { ClientFrame, LOG_STREAM_CLOSE, type LogLevel, type LogStreamStatus } from "#lib/contract/index.ts";
import { createLogHub, encodeFrame, type LogHub } from "#lib/data-plane/observation/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource, decodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";

const SERVER_ID = "srv_bench";

export interface LogViewerServer {
  readonly url: string;
  /** One console line of the server that the page watches. */
  write(level: LogLevel, message: string, requestId?: string): void;
  /** What the status route answers; null answers 401. */
  status: Partial<LogStreamStatus> | null;
  /** Cuts every connection without a word, or closes it with a code. */
  cut(code?: number): void;
  readonly hub: LogHub;
  close(): Promise<void>;
}

/**
 * The log viewer alone on a page, fed by the product's own hub over real WebSockets. `dev` serves from source,
 * otherwise from a build made before with `next build bench/log-viewer-app`.
 */
export async function startLogViewerServer({
  dev,
  port = 0,
}: {
  dev: boolean;
  port?: number;
}): Promise<LogViewerServer> {
  const ids = createIdSource();
  const hub = createLogHub({ clock: systemClock, ids });
  const dir = fileURLToPath(new URL("log-viewer-app", import.meta.url));
  const upgrades = new EventEmitter() as EventEmitter & Server;
  const app = next({ dev, dir, httpServer: upgrades });
  const handle = app.getRequestHandler();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.logStream.clientMessageBytesMax });
  const state: { status: Partial<LogStreamStatus> | null } = { status: {} };
  const http = createServer((request, response) => {
    if (!request.url?.endsWith("/log-stream/status")) {
      void handle(request, response);
      return;
    }
    response.writeHead(state.status === null ? 401 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...statusNow(hub, sockets.clients.size), ...state.status }));
  });
  http.on("upgrade", (request, socket, head) => {
    if (request.url?.startsWith("/log-stream/")) {
      sockets.handleUpgrade(request, socket, head, (client) =>
        attach(hub, client, () => sockets.clients.size),
      );
    } else upgrades.emit("upgrade", request, socket, head);
  });
  await app.prepare();
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  const heartbeat = setInterval(() => hub.heartbeat(), limits.logStream.heartbeatMs);
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : port}`,
    hub,
    get status() {
      return state.status;
    },
    set status(status) {
      state.status = status;
    },
    write: (level, message, requestId) => publish(hub, ids.uuid(), level, message, requestId),
    cut(code) {
      for (const client of sockets.clients) {
        if (code === undefined) client.terminate();
        else client.close(code);
      }
    },
    async close() {
      clearInterval(heartbeat);
      hub.close();
      for (const client of sockets.clients) client.terminate();
      http.close();
      http.closeAllConnections();
      await app.close();
    },
  };
}

function publish(hub: LogHub, id: string, level: LogLevel, message: string, requestId?: string): void {
  const { epoch, seq } = hub.nextPosition(SERVER_ID);
  hub.publish({
    id,
    organizationId: "org_bench",
    serverId: SERVER_ID,
    versionId: null,
    requestId: requestId === undefined ? null : decodeId("req", requestId),
    epoch,
    seq,
    timestampMs: Date.now(),
    level,
    method: level === "info" ? "log" : level,
    message,
    truncated: false,
    bytes: message.length,
    retentionDays: 0,
  });
}

const statusNow = (hub: LogHub, viewers: number): LogStreamStatus => ({
  mayConnect: true,
  code: "ok",
  message: "",
  viewers,
  viewersMax: limits.logStream.viewersPerServerMax,
  holders: [],
  epoch: hub.position(SERVER_ID)?.epoch ?? null,
  head: hub.position(SERVER_ID)?.head ?? 0,
  retention: 0,
});

function attach(hub: LogHub, client: WebSocket, viewers: () => number): void {
  const { viewer, position } = hub.attach(SERVER_ID, {
    bufferedBytes: () => client.bufferedAmount,
    send: (frame) => client.send(frame, { binary: false }),
    close: (code, reason) => client.close(code, reason),
  });
  client.send(
    encodeFrame({
      type: "hello",
      server: { id: SERVER_ID, slug: "bench", name: "Bench" },
      ...position,
      viewers: viewers(),
      viewersMax: limits.logStream.viewersPerServerMax,
      retention: 0,
    }),
    { binary: false },
  );
  client.on("message", (data) => {
    const parsed = ClientFrame.safeParse(JSON.parse(String(data)));
    if (!parsed.success) {
      client.close(LOG_STREAM_CLOSE.tooManyMessages);
      return;
    }
    const frame = parsed.data;
    if (frame.type === "resume") viewer.resume(frame.epoch, frame.after);
    else if (frame.type === "pause") viewer.pause();
    else if (frame.type === "play") viewer.play();
    else if (frame.type === "filter") {
      const { rev, level, text, requestId } = frame;
      const uuid = requestId === undefined ? undefined : (decodeId("req", requestId) ?? undefined);
      viewer.setFilter({
        rev,
        ...(level ? { level } : {}),
        ...(text ? { text } : {}),
        ...(uuid ? { requestId: uuid } : {}),
      });
    }
    hub.advance(SERVER_ID, viewer);
  });
  client.on("close", () => hub.detach(SERVER_ID, viewer));
}
