import { hash, timingSafeEqual } from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { z } from "zod";
import { CONTROL_SECRET_HEADER, type ControlProblem, VerifyRequest } from "#lib/contract/edge-control.ts";
import type { LogStreamStatus, RuntimeStatus } from "#lib/contract/index.ts";
import { type Log, parseInput } from "#lib/domain/access/index.ts";
import { DomainError, notFound, toDomainError } from "#lib/kernel/errors.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { RefreshingDirectory } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import { readJson } from "./json-request.ts";
import { type VerifyOptions, verifyBundle } from "./verify-bundle.ts";

export interface ControlServerOptions extends VerifyOptions {
  socketPath: string;
  internalSecret: string;
  directory: Pick<RefreshingDirectory, "byId" | "refresh">;
  driver: Pick<RuntimeDriver, "trial" | "settled">;
  runtimeStatus(serverId: string): RuntimeStatus;
  logStreamLoad(
    serverId: string,
  ): Pick<LogStreamStatus, "viewers" | "viewersMax" | "holders" | "epoch" | "head">;
  log: Log;
}

export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Answers our other processes on a unix socket that only this user may open, and only with the internal secret.
 * Resolves when it listens.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { socketPath, log } = options;
  const isInternal = secretCheck(options.internalSecret);
  const server = createServer((req, res) => {
    if (!isInternal(req)) {
      send(
        res,
        401,
        problemOf(new DomainError("unauthenticated", "The internal secret is missing or wrong.")),
      );
      return;
    }
    answer(options, req).then(
      (value) => send(res, 200, value),
      (error: unknown) => {
        const problem = toDomainError(error);
        if (problem.code === "internal") log.error({ err: error, url: req.url }, "a control request failed");
        send(res, 500, problemOf(problem));
      },
    );
  });
  server.requestTimeout = limits.control.verifyTimeoutMs;
  server.headersTimeout = limits.frontDoor.headersTimeoutMs;
  // Left behind by a process that was killed.
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const SERVER_PATH = /^\/servers\/([\w-]{1,64})\/(runtime|log-stream|refresh)$/;

async function answer(options: ControlServerOptions, req: IncomingMessage): Promise<unknown> {
  const { method, url = "" } = req;
  if (method === "POST" && url === "/verify") {
    const body = await readJson(req, limits.control.requestBytesMax);
    return verifyBundle(options, parseInput(VerifyRequest, body));
  }
  const [, serverId, what] = SERVER_PATH.exec(url) ?? [];
  if (serverId !== undefined && method === (what === "refresh" ? "POST" : "GET")) {
    if (what === "runtime") return [options.runtimeStatus(serverId)];
    if (what === "log-stream") return options.logStreamLoad(serverId);
    await options.directory.refresh();
    await options.driver.settled(serverId);
    return {};
  }
  throw notFound("control request");
}

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
  res.writeHead(status, { "content-type": "application/json" });
  res.end(JSON.stringify(value));
}
