import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Agent } from "undici";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import {
  AddressRefusedError,
  createPinnedConnector,
  HOP_BY_HOP,
  namedByConnection,
  type ReachOptions,
} from "../network/index.ts";
import type { ObservationSink, UpstreamOutcome } from "../observation/index.ts";
import type { ActiveRequests } from "./active-requests.ts";
import type { RuntimeConsole } from "./runtime-console.ts";
import { createSocketOwners } from "./socket-owners.ts";

/** Whose calls come through a socket. */
export interface EgressOwner {
  organizationId: string;
  serverId: string;
  versionId: string;
  requests: ActiveRequests;
  console: RuntimeConsole;
}

/** Bounds that tests make smaller. */
export interface EgressLimits {
  requestBytesMax: number;
  responseBytesMax: number;
  timeoutMs: number;
  connectTimeoutMs: number;
  concurrentPerServerMax: number;
}

/**
 * The only way out of a hosted runtime. workerd sends every outbound request here with its absolute URL; names are
 * resolved once and pinned, private destinations are refused, bytes, time and concurrency are capped, and every call
 * is recorded. Redirects go back to the tenant, whose next hop comes through here again.
 */
export interface EgressProxy {
  listen(path: string, owner: EgressOwner): Promise<() => void>;
  close(): Promise<void>;
}

/** Set by the in-runtime prelude; a claim that counts only when the runtime serves that request. */
const REQUEST_ID_HEADER = "x-mcpstack-request-id";
const NOT_FORWARDED: ReadonlySet<string> = new Set([...HOP_BY_HOP, "host", REQUEST_ID_HEADER, "expect"]);

/** A call that cannot go on, with what the tenant is told. */
class EgressError extends Error {
  override readonly name = "EgressError";
  readonly status: number;
  readonly outcome: UpstreamOutcome;
  constructor(status: number, outcome: UpstreamOutcome, message: string) {
    super(message);
    this.status = status;
    this.outcome = outcome;
  }
}

/** Passes bytes on and counts them; more than `bytesMax` is an error. */
function countedBytes(bytesMax: number, what: string): { stream: Transform; bytes(): number } {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= bytesMax) done(null, chunk);
      else done(new EgressError(413, "too_large", `the ${what} is larger than ${bytesMax} bytes`));
    },
  });
  return { stream, bytes: () => bytes };
}

function targetOf(request: IncomingMessage): URL {
  const text = request.url ?? "";
  if (text.length > limits.egress.urlCharactersMax)
    throw new EgressError(414, "refused", "the URL is too long");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new EgressError(400, "refused", "the request has no absolute URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new EgressError(403, "refused", `${url.protocol.slice(0, -1)} is not allowed, only http and https`);
  }
  return url;
}

function forwardedHeaders(request: IncomingMessage): string[] {
  const named = namedByConnection(request.headers.connection);
  const headers: string[] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? "";
    const lower = name.toLowerCase();
    if (!NOT_FORWARDED.has(lower) && !named.has(lower))
      headers.push(name, request.rawHeaders[index + 1] ?? "");
  }
  return headers;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** What a failure means to the tenant. Messages name the host it asked for, never an address or a path of ours. */
function failureOf(error: unknown, url: URL | null, timedOut: boolean, gone: boolean): EgressError {
  if (error instanceof EgressError) return error;
  const host = url?.host ?? "the upstream";
  if (error instanceof AddressRefusedError) return new EgressError(403, "refused", error.message);
  if (timedOut) return new EgressError(504, "timeout", `${host} did not finish in time`);
  if (gone) return new EgressError(499, "canceled", "the runtime gave the call up");
  const code = codeOf(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new EgressError(502, "failed", `the name ${host} could not be resolved`);
  }
  if (code === "UND_ERR_CONNECT_TIMEOUT")
    return new EgressError(504, "timeout", `${host} did not accept a connection`);
  return new EgressError(502, "failed", `${host} could not be reached${code === "" ? "" : ` (${code})`}`);
}

const isRefusal = (failure: EgressError): boolean => failure.outcome === "refused";

export function createEgressProxy(options: {
  sink: ObservationSink;
  clock: Clock;
  reach: ReachOptions;
  limits?: Partial<EgressLimits>;
}): EgressProxy {
  const { sink, clock } = options;
  const bounds: EgressLimits = { ...limits.egress, ...options.limits };
  const connect = createPinnedConnector({ ...options.reach, connectTimeoutMs: bounds.connectTimeoutMs });
  /** Connections are not shared between servers: some upstreams tie an identity to a connection. */
  const agents = new Map<string, { agent: Agent; sockets: number; active: number }>();

  const shareOf = (serverId: string) => {
    let share = agents.get(serverId);
    if (share === undefined) {
      const agent = new Agent({
        connect,
        connections: bounds.concurrentPerServerMax,
        // One clock for the whole call, below.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: 10_000,
      });
      share = { agent, sockets: 0, active: 0 };
      agents.set(serverId, share);
    }
    return share;
  };

  const server = createServer({ requireHostHeader: false }, (request, response) => {
    const owner = owners.ownerOf(request);
    if (owner === undefined) return void request.socket.destroy();
    void forward(owner, request, response);
  });
  server.on("connect", (request, socket) => refuseTunnel(request, socket));
  server.on("upgrade", (request, socket) => refuseTunnel(request, socket));
  const owners = createSocketOwners<EgressOwner>(server);

  function refuseTunnel(request: IncomingMessage, socket: Duplex): void {
    const body = `egress refused: only HTTP requests may leave, no ${request.method === "CONNECT" ? "raw connections" : "protocol upgrades"}\n`;
    owners.ownerOf(request)?.console.platform("warn", body.trim(), null);
    socket.on("error", () => socket.destroy());
    socket.end(
      `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    );
  }

  async function forward(
    owner: EgressOwner,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const startedAtMs = clock.nowMs();
    const startedMs = clock.monotonicMs();
    const requestId = owner.requests.resolve(request.headers[REQUEST_ID_HEADER]) ?? owner.requests.only();
    const share = shareOf(owner.serverId);
    const sent = countedBytes(bounds.requestBytesMax, "request body");
    const received = countedBytes(bounds.responseBytesMax, "response body");
    // Whoever reads it hears of its errors too; one that comes after the answer must not end the edge.
    sent.stream.on("error", () => undefined);
    const timeout = AbortSignal.timeout(bounds.timeoutMs);
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    let url: URL | null = null;
    let httpStatus: number | null = null;
    let failure: EgressError | null = null;
    share.active++;
    try {
      url = targetOf(request);
      if (share.active > bounds.concurrentPerServerMax) {
        throw new EgressError(429, "refused", `more than ${bounds.concurrentPerServerMax} calls at once`);
      }
      const hasBody = "content-length" in request.headers || "transfer-encoding" in request.headers;
      request.once("error", (error) => sent.stream.destroy(error));
      const answer = await share.agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method as "GET",
        headers: forwardedHeaders(request),
        body: hasBody ? request.pipe(sent.stream) : null,
        signal: AbortSignal.any([timeout, gone.signal]),
      });
      httpStatus = answer.statusCode;
      response.writeHead(
        answer.statusCode,
        Object.fromEntries(
          Object.entries(answer.headers).filter(
            ([name, value]) => value !== undefined && !HOP_BY_HOP.has(name),
          ),
        ),
      );
      await pipeline(answer.body, received.stream, response);
    } catch (error) {
      failure = failureOf(error, url, timeout.aborted, gone.signal.aborted);
      tellTenant(owner, request, response, failure, requestId);
    } finally {
      share.active--;
      sink.upstreamCall?.({
        organizationId: owner.organizationId,
        serverId: owner.serverId,
        versionId: owner.versionId,
        requestId,
        startedAtMs,
        method: request.method ?? "GET",
        url: url === null ? "" : `${url.origin}${url.pathname}`.slice(0, 2_000),
        httpStatus,
        outcome: failure?.outcome ?? "ok",
        error: failure?.message ?? null,
        durationMs: clock.monotonicMs() - startedMs,
        requestBytes: sent.bytes(),
        responseBytes: received.bytes(),
      });
    }
  }

  function tellTenant(
    owner: EgressOwner,
    request: IncomingMessage,
    response: ServerResponse,
    failure: EgressError,
    requestId: string | null,
  ): void {
    const text = `egress ${isRefusal(failure) ? "refused" : "failed"}: ${failure.message}`;
    if (failure.outcome !== "canceled") owner.console.platform("warn", text, requestId);
    request.resume();
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    response
      .writeHead(failure.status, {
        "content-type": "text/plain; charset=utf-8",
        "x-mcpstack-egress": isRefusal(failure) ? "refused" : "failed",
        connection: "close",
      })
      .end(`${text}\n`);
  }

  return {
    async listen(path, owner) {
      const share = shareOf(owner.serverId);
      const stop = await owners.listen(path, owner);
      share.sockets++;
      return () => {
        stop();
        share.sockets--;
        if (share.sockets > 0 || agents.get(owner.serverId) !== share) return;
        agents.delete(owner.serverId);
        void share.agent.destroy();
      };
    },
    async close() {
      const all = [...agents.values()];
      agents.clear();
      await Promise.all(all.map(({ agent }) => agent.destroy()));
    },
  };
}
