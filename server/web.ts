import { EventEmitter } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import path from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import next from "next";
import { type Config, environmentOf } from "#lib/config/index.ts";
import { securityHeaders } from "#lib/http/security-headers.ts";
import { closeSystem } from "#lib/http/system.ts";
import { limits } from "#lib/kernel/limits.ts";
import { createLog } from "#lib/telemetry/index.ts";
import { createMissingBuildFile } from "./build-files.ts";
import type { RunningRole } from "./role.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The dashboard and the REST API: Next behind a unix socket that only the edge uses. Resolves when it answers;
 * `close` lets running requests end, for a bounded time.
 */
export async function startWeb(config: Config): Promise<RunningRole> {
  setEnvironment(config);
  // Next would put its own upgrade listener on our server; on this stand-in it hears only what we pass on.
  const upgrades = new EventEmitter() as EventEmitter & Server;
  const app = next({
    dev: config.mode === "development",
    dir: ROOT,
    hostname: config.host,
    port: config.port,
    httpServer: upgrades,
  });
  const handle = app.getRequestHandler();
  const isMissingFile =
    config.mode === "production" ? createMissingBuildFile(path.join(ROOT, ".next")) : () => false;
  const log = createLog({ name: "web", level: config.logLevel });
  const headers = securityHeaders(config.publicUrl.startsWith("https:"));
  const server = createServer((request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    if (isMissingFile(request.url ?? "")) {
      response
        .writeHead(404, { "content-type": "text/plain", "cache-control": "no-store" })
        .end("Not found\n");
      return;
    }
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error, url: request.url?.split("?")[0] }, "a request failed outside its handler");
      response.destroy();
    });
  });
  server.requestTimeout = limits.http.requestTimeoutMs;
  server.keepAliveTimeout = limits.http.keepAliveMs;
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isHotReload = config.mode === "development" && request.url?.startsWith("/_next/") === true;
    if (isHotReload && upgrades.emit("upgrade", request, socket, head)) return;
    socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  await app.prepare();
  await listenOnSocket(server, config.webSocketPath);
  let closing: Promise<void> | null = null;
  return {
    close: () => {
      closing ??= closeServer(server)
        .then(() => app.close())
        .then(() => closeSystem())
        .then(() => rm(config.webSocketPath, { force: true }));
      return closing;
    },
  };
}

/** Next's bundle reads the configuration by itself, in this process: it must see what we were given. */
function setEnvironment(config: Config): void {
  Object.assign(process.env, environmentOf(config), {
    NEXTAUTH_URL: config.publicUrl,
    NEXT_TELEMETRY_DISABLED: "1",
  });
}

/** Listens where only this user can connect. A socket left behind by a killed process is replaced. */
async function listenOnSocket(server: Server, socketPath: string): Promise<void> {
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.off("error", reject);
      resolve();
    });
  });
  await chmod(socketPath, 0o600);
}

/** Stops accepting, waits for what runs up to the drain limit, then cuts what is left. */
async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), limits.http.drainMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}
