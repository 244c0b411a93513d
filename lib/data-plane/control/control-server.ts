import { hash, timingSafeEqual } from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import {
  CONTROL_NODE_HEADER,
  CONTROL_SECRET_HEADER,
  type ControlProblem,
} from "#lib/contract/edge-control.ts";
import type { Log } from "#lib/domain/access/index.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import { type ControlParts, createControlRoutes } from "./control-routes.ts";

export interface ControlServerOptions extends ControlParts {
  socketPath: string;
  /** Where processes of other machines reach this edge; null for those of this machine only. Port 0 takes any. */
  listen: { host: string; port: number } | null;
  internalSecret: string;
  log: Log;
}

export interface ControlServer {
  /** How our other processes reach it: `unix:/path` or `http://host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Answers our other processes, only with the internal secret: on a unix socket that only this user may open and, when
 * asked, on a port. Resolves when it listens.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { socketPath, log, listen, node } = options;
  const isInternal = secretCheck(options.internalSecret);
  const route = createControlRoutes(options);
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
    res.setHeader(CONTROL_NODE_HEADER, node);
    if (!isInternal(req)) {
      const error = new DomainError("unauthenticated", "The internal secret is missing or wrong.");
      send(res, 401, problemOf(error));
      return;
    }
    // What cannot be written as JSON is a failed request like any other: it must not end the edge.
    route(req)
      .then((value) => send(res, 200, value))
      .catch((error: unknown) => {
        const problem = toDomainError(error);
        if (problem.code === "internal") log.error({ err: error, url: req.url }, "a control request failed");
        send(res, 500, problemOf(problem));
      });
  };
  const servers = [createServer(onRequest), ...(listen ? [createServer(onRequest)] : [])];
  for (const server of servers) {
    server.requestTimeout = limits.control.trialTimeoutMs;
    server.headersTimeout = limits.frontDoor.headersTimeoutMs;
  }
  const [local, remote] = servers;
  // Left behind by a process that was killed.
  await rm(socketPath, { force: true });
  if (local) await listening(local, (done) => local.listen(socketPath, done));
  await chmod(socketPath, 0o600);
  if (remote && listen) await listening(remote, (done) => remote.listen(listen.port, listen.host, done));
  return {
    address: remote && listen ? addressOf(remote, listen.host) : `unix:${socketPath}`,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

const listening = (server: Server, listen: (done: () => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    listen(() => {
      server.off("error", reject);
      resolve();
    });
  });

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

function secretCheck(secret: string): (req: IncomingMessage) => boolean {
  const expected = hash("sha256", secret, "buffer");
  return (req) => {
    const presented = req.headers[CONTROL_SECRET_HEADER];
    return typeof presented === "string" && timingSafeEqual(hash("sha256", presented, "buffer"), expected);
  };
}

const problemOf = (error: DomainError): z.input<typeof ControlProblem> => ({
  code: error.code,
  message: error.message,
  details: { ...error.details },
  retryable: error.retryable,
  retryAfterSeconds: error.retryAfterSeconds ?? null,
});

function send(res: ServerResponse, status: number, value: unknown): void {
  if (res.headersSent || res.destroyed) return;
  const body = JSON.stringify(value);
  res.writeHead(status, { "content-type": "application/json" });
  res.end(body);
}
