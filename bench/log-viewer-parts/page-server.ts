import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Duplex } from "node:stream";
import next from "next";
import type { LogLevel, LogStreamStatus } from "#lib/contract/index.ts";
import { createLogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createLogHub } from "#lib/data-plane/observation/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource, decodeId } from "#lib/kernel/ids.ts";
import { recordingLog } from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";

const SLUG = "bench";

export interface ViewerPage {
  readonly url: string;
  /** One console line of the server that the page watches. */
  write(level: LogLevel, message: string, requestId?: string): void;
  /** What the status route answers beside the truth; null answers 401. */
  setStatus(status: Partial<LogStreamStatus> | null): void;
  /** Cuts every connection without a word. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * The log viewer alone on a page, fed by the product's own hub and log stream over real WebSockets. `dev` serves the
 * page from source, otherwise from a build made before.
 */
export async function openViewerPage({ dev, port }: { dev: boolean; port: number }): Promise<ViewerPage> {
  const ids = createIdSource();
  const clock = systemClock;
  const hub = createLogHub({ clock, ids });
  const server = serverEntry({ slug: SLUG, name: "Bench", retentionDays: 0 });
  const nextUpgrades = new EventEmitter() as EventEmitter & Server;
  const page = next({ dev, dir: path.join(import.meta.dirname, "app"), httpServer: nextUpgrades });
  const handle = page.getRequestHandler();
  await page.prepare();
  const http = createServer();
  http.listen(port, "127.0.0.1");
  await once(http, "listening");
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const stream = createLogStreamServer({
    hub,
    directory: testDirectory(server),
    authorize: async () => ({ kind: "allowed", name: "bench", expiresAtMs: null }),
    allowedOrigins: [url],
    clock,
    log: recordingLog(),
  });
  const sockets = new Set<Duplex>();
  let override: Partial<LogStreamStatus> | null = {};
  http.on("request", (request, response) => {
    if (!request.url?.endsWith("/log-stream/status")) {
      void handle(request, response);
      return;
    }
    const truth: LogStreamStatus = {
      mayConnect: true,
      code: "ok",
      message: "",
      retention: 0,
      ...stream.status(server.id),
    };
    // The log stream wants a credential; which one it is does not matter here.
    const headers = { "content-type": "application/json", "set-cookie": "bench=1; Path=/; SameSite=Strict" };
    response.writeHead(override === null ? 401 : 200, headers);
    response.end(JSON.stringify({ ...truth, ...override }));
  });
  http.on("upgrade", (request, socket, head) => {
    if (stream.upgrade(request, socket, head)) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    } else nextUpgrades.emit("upgrade", request, socket, head);
  });
  return {
    url,
    write(level, message, requestId) {
      const { epoch, seq } = hub.nextPosition(server.id);
      hub.publish({
        id: ids.uuid(),
        organizationId: server.organizationId,
        serverId: server.id,
        versionId: null,
        requestId: requestId === undefined ? null : decodeId("req", requestId),
        epoch,
        seq,
        timestampMs: clock.nowMs(),
        level,
        method: level === "info" ? "log" : level,
        message,
        truncated: false,
        bytes: message.length,
        retentionDays: 0,
      });
    },
    setStatus(status) {
      override = status;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      stream.close();
      hub.close();
      http.close();
      http.closeAllConnections();
      await page.close();
    },
  };
}
