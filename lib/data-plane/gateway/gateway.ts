import type { IncomingMessage, ServerResponse } from "node:http";
import type { buildConnector } from "undici";
import type { RequestKind } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError, toDomainError } from "#lib/kernel/errors.ts";
import { encodeId, type IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import type { ObservationSink } from "../observation/index.ts";
import { Admission, type ServerLoad } from "./admission.ts";
import { refusalOfDirectUrl } from "./authorize.ts";
import { createBrowserAccess, preflightHeaders } from "./browser-access.ts";
import { type Call, createCall, endCall } from "./calls.ts";
import { decideEra } from "./era.ts";
import { type Exchange, factOf } from "./exchange.ts";
import { Forwarding } from "./forward.ts";
import { createSourceReader, readMcpAddress } from "./identify.ts";
import { type InboundBody, readMessages } from "./messages.ts";
import { OpenCalls } from "./open-calls.ts";
import { concludeCalls } from "./outcomes.ts";
import { discardRequestBody, readRequestBody } from "./request-body.ts";
import { mediaTypeOf } from "./response-inspector.ts";
import { rpcErrorText, sendJson, shapeOfError } from "./rpc-error.ts";
import { SessionClients } from "./session-clients.ts";
import { createTargets, type Target } from "./targets.ts";
import { traceContextOf } from "./trace-context.ts";

export interface GatewayOptions {
  directory: ServerDirectory;
  driver: RuntimeDriver;
  sink: ObservationSink;
  clock: Clock;
  ids: IdSource;
  log: Log;
  /** Connects to upstreams of connected servers, refusing addresses that tenants must not name. */
  connect: buildConnector.connector;
  config: {
    publicUrl: string;
    internalSecret: string;
    /** Origins of web pages that may call, besides our own and the caller's own machine; `*` for all. */
    allowedOrigins?: readonly string[];
  };
}

export interface Gateway {
  /** Takes a request whose path is below `/mcp`; answers false for any other, which it leaves untouched. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** What is under way now, of one server or of all. */
  load(serverId?: string): ServerLoad;
  /** Ends open streams, waits for calls up to `timeoutMs`, then ends them with an error that says so. */
  close(timeoutMs?: number): Promise<void>;
}

/** A refusal with the JSON-RPC code that the specification asks for. */
interface Refusal {
  error: DomainError;
  rpcCode?: number;
  httpStatus?: number;
}

type Peer = { req: IncomingMessage; res: ServerResponse };

/** The MCP gateway for direct URLs. Steps: identify → authorize → admit → forward → observe. Never asks the database. */
export function createGateway(options: GatewayOptions): Gateway {
  const { directory, sink, clock, ids, log, config } = options;
  const targets = createTargets(options);
  const admission = new Admission();
  const clients = new SessionClients();
  const active = new Set<Forwarding>();
  const sourceOf = createSourceReader(config.internalSecret);
  const browserAccess = createBrowserAccess({
    publicUrl: config.publicUrl,
    allowedOrigins: config.allowedOrigins ?? [],
  });
  const report = (exchange: Exchange, call: Call): void =>
    sink.request(factOf(exchange, call, clock.monotonicMs() - exchange.startedMs));
  const openCalls = new OpenCalls({ monotonicMs: () => clock.monotonicMs(), report });
  const expiry = setInterval(() => openCalls.expire(), 1_000);
  expiry.unref();
  let isClosing = false;
  let onIdle: (() => void) | null = null;

  const handle = (req: IncomingMessage, res: ServerResponse): boolean => {
    const address = readMcpAddress(req.url ?? "");
    if (!address) return false;
    const arrivedMs = clock.nowMs();
    const requestId = ids.uuid(arrivedMs);
    const wireId = encodeId("req", requestId);
    const access = browserAccess(req);
    const answerHeaders = ["x-request-id", wireId, ...(access.kind === "allowed" ? access.headers : [])];
    const server = address.slug === null ? undefined : directory.bySlug(address.slug);
    if (!server) {
      answerWithoutServer({ req, res }, { wireId, answerHeaders, isRefused: access.kind === "refused" });
      return true;
    }
    const exchange: Exchange = {
      server,
      requestId,
      wireId,
      source: sourceOf(req),
      trace: traceContextOf(req.headers.traceparent as string | undefined, requestId),
      arrivedMs,
      startedMs: clock.monotonicMs(),
      search: address.search,
      answerHeaders,
      session: textOf(req.headers["mcp-session-id"]),
      era: null,
      client: null,
      versionId: null,
      calls: [],
      httpStatus: 0,
      responseBytes: 0,
    };
    if (access.kind === "refused") {
      refuse({ req, res }, exchange, { error: foreignOrigin(access.origin) });
    } else begin({ req, res }, exchange);
    return true;
  };

  const begin = (peer: Peer, exchange: Exchange): void => {
    const { req, res } = peer;
    if (req.method === "OPTIONS") {
      res.writeHead(204, [
        ...exchange.answerHeaders,
        "allow",
        "GET, POST, DELETE, OPTIONS",
        ...preflightHeaders(req),
      ]);
      res.end();
      discardRequestBody(req);
      return;
    }
    const refusal = refusalOfDirectUrl(exchange.server, exchange.source);
    if (refusal) {
      refuse(peer, exchange, { error: refusal });
      return;
    }
    if (isClosing) {
      refuse(peer, exchange, { error: closingError() });
      return;
    }
    switch (req.method) {
      case "POST":
        readPost(peer, exchange);
        return;
      case "GET":
        exchange.era = "legacy";
        exchange.calls = [newCall(exchange, "listen", 0)];
        admit(peer, exchange, null);
        return;
      case "DELETE":
        exchange.era = "legacy";
        exchange.calls = [newCall(exchange, "session_end", 0)];
        admit(peer, exchange, null);
        return;
      default:
        refuse(peer, exchange, {
          error: new DomainError(
            "method_not_allowed",
            "MCP uses POST, GET and DELETE here. Use one of them.",
          ),
        });
    }
  };

  const readPost = (peer: Peer, exchange: Exchange): void => {
    const contentType = peer.req.headers["content-type"] ?? "";
    if (mediaTypeOf(contentType) !== "application/json") {
      refuse(peer, exchange, {
        error: new DomainError(
          "unsupported_media_type",
          "Send the message as Content-Type: application/json.",
        ),
      });
      return;
    }
    const encoding = peer.req.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      refuse(peer, exchange, {
        error: new DomainError("unsupported_media_type", "Send the message without Content-Encoding."),
      });
      return;
    }
    readRequestBody(peer.req, peer.res, exchange.server.caps.requestBytesMax, (body, bytes) => {
      if (body === null) {
        exchange.calls = [newCall(exchange, "invalid", bytes)];
        finish(exchange, "canceled", "The client left before its request had arrived.");
      } else if (body instanceof DomainError) {
        exchange.calls = [newCall(exchange, "invalid", bytes)];
        refuse(peer, exchange, { error: body, ...(body.code === "timeout" ? { httpStatus: 408 } : {}) });
      } else identify(peer, exchange, body);
    });
  };

  /** Reads what the body says; every decision below comes from here, not from headers. */
  const identify = (peer: Peer, exchange: Exchange, body: Buffer): void => {
    const read = readMessages(body);
    if ("code" in read) {
      exchange.calls = [newCall(exchange, "invalid", body.length)];
      refuse(peer, exchange, { error: new DomainError("invalid_input", read.message), rpcCode: read.code });
      return;
    }
    exchange.calls = callsOf(exchange, read, body.length);
    const decision = decideEra(read, peer.req.headers);
    if ("code" in decision) {
      refuse(peer, exchange, {
        error: new DomainError("invalid_input", decision.message),
        rpcCode: decision.code,
      });
      return;
    }
    exchange.era = decision.era;
    const { session, server } = exchange;
    exchange.client =
      read.messages.find((message) => message.client !== null)?.client ??
      (session === null ? null : clients.of(server.id, session));
    for (const message of read.messages) {
      if (message.cancels !== null) openCalls.canceled(exchange, message.cancels);
    }
    admit(peer, exchange, body);
  };

  const admit = (peer: Peer, exchange: Exchange, body: Buffer | null): void => {
    const isStream = isStreamOf(exchange);
    let found: Target | Promise<Target>;
    try {
      admission.enter(exchange.server.id, isStream);
    } catch (error) {
      refuse(peer, exchange, { error: toDomainError(error) });
      return;
    }
    try {
      found = targets.find(exchange.server, exchange.requestId);
    } catch (error) {
      admission.leave(exchange.server.id, isStream);
      refuse(peer, exchange, { error: known(error, exchange) });
      return;
    }
    if (found instanceof Promise) {
      void awaitTarget(found, peer.res).then(
        (target) => {
          if (target) forward(peer, exchange, target, body);
          else {
            admission.leave(exchange.server.id, isStream);
            finish(exchange, "canceled", null);
          }
        },
        (error: unknown) => {
          admission.leave(exchange.server.id, isStream);
          refuse(peer, exchange, { error: known(error, exchange) });
        },
      );
    } else forward(peer, exchange, found, body);
  };

  const forward = (peer: Peer, exchange: Exchange, target: Target, body: Buffer | null): void => {
    exchange.versionId = target.versionId;
    if (exchange.era === "legacy") for (const call of exchange.calls) openCalls.add(exchange, call);
    const isStream = isStreamOf(exchange);
    const forwarding = new Forwarding(exchange, peer, target, {
      clock,
      openCalls,
      onEnd: () => {
        active.delete(forwarding);
        admission.leave(exchange.server.id, isStream);
        observe(exchange);
        if (active.size === 0) onIdle?.();
      },
    });
    active.add(forwarding);
    forwarding.start(body);
  };

  /** Reports every call that is over; a parked one is reported when its answer comes or its time is up. */
  const observe = (exchange: Exchange): void => {
    const { server, session, client, httpStatus } = exchange;
    const [first] = exchange.calls;
    if (session !== null && first?.kind === "session_end" && httpStatus >= 200 && httpStatus < 300) {
      openCalls.sessionEnded(exchange);
      clients.forget(server.id, session);
    }
    if (session !== null && client && first?.method === "initialize")
      clients.remember(server.id, session, client);
    const parked = exchange.calls.filter((call) => openCalls.isParked(exchange, call));
    const over =
      parked.length === 0 ? exchange.calls : exchange.calls.filter((call) => !parked.includes(call));
    concludeCalls(exchange, over);
    for (const call of over) {
      openCalls.remove(exchange, call);
      report(exchange, call);
    }
  };

  const finish = (exchange: Exchange, outcome: "canceled", error: string | null): void => {
    for (const call of exchange.calls) {
      endCall(call, outcome, error);
      report(exchange, call);
    }
  };

  /** Answers with an error before anything was forwarded, and reports it. */
  const refuse = ({ req, res }: Peer, exchange: Exchange, { error, rpcCode, httpStatus }: Refusal): void => {
    const shape = shapeOfError(error.code);
    if (error.code === "internal") log.error({ err: error, requestId: exchange.wireId }, "a request failed");
    if (exchange.calls.length === 0) exchange.calls = [newCall(exchange, "invalid", 0)];
    const requests = exchange.calls.filter((call) => call.key !== null);
    const asked = requests.length === 1 ? requests[0] : undefined;
    // What an agent asked for and the runtime could not do is an answer; what was wrong with the request is a status.
    exchange.httpStatus = httpStatus ?? (asked && isRuntimeTrouble(error) ? 200 : shape.httpStatus);
    const code = rpcCode ?? shape.rpcCode;
    const headers = [...exchange.answerHeaders, ...headersOf(error)];
    const body = rpcErrorText(asked?.rpcId ?? null, code, error, exchange.wireId);
    exchange.responseBytes = sendJson(res, exchange.httpStatus, body, headers);
    discardRequestBody(req);
    for (const call of exchange.calls) {
      endCall(call, shape.outcome, error.message);
      call.rpcErrorCode = code;
    }
    concludeCalls(exchange, exchange.calls);
    for (const call of exchange.calls) report(exchange, call);
  };

  const newCall = (exchange: Exchange, kind: RequestKind, requestBytes: number): Call =>
    createCall(exchange.requestId, kind, null, requestBytes);

  const callsOf = (exchange: Exchange, { messages }: InboundBody, bytes: number): Call[] => {
    const share = Math.floor(bytes / messages.length);
    return messages.map((message, index) => {
      const id = index === 0 ? exchange.requestId : ids.uuid(exchange.arrivedMs);
      const kind = message.method === "subscriptions/listen" ? "listen" : message.kind;
      // The bytes of a batch are shared out so that their sum stays what arrived.
      return createCall(id, kind, message, index === 0 ? bytes - share * (messages.length - 1) : share);
    });
  };

  const answerWithoutServer = (
    { req, res }: Peer,
    {
      wireId,
      answerHeaders,
      isRefused,
    }: { wireId: string; answerHeaders: readonly string[]; isRefused: boolean },
  ): void => {
    const error = isRefused ? foreignOrigin(req.headers.origin ?? "") : unknownServer(directory.asOfMs > 0);
    const shape = shapeOfError(error.code);
    sendJson(res, shape.httpStatus, rpcErrorText(null, shape.rpcCode, error, wireId), [
      ...answerHeaders,
      ...headersOf(error),
    ]);
    discardRequestBody(req);
  };

  /** The failure of a lease; an unexpected one is logged with its cause and shown without. */
  const known = (error: unknown, exchange: Exchange): DomainError => {
    const failure = toDomainError(error);
    if (failure.code === "internal")
      log.error({ err: error, serverId: exchange.server.id }, "cannot lease a runtime");
    return failure;
  };

  return {
    handle,
    load: (serverId) => (serverId === undefined ? admission.total() : admission.of(serverId)),
    close: async (timeoutMs = limits.mcp.drainMs) => {
      isClosing = true;
      clearInterval(expiry);
      for (const forwarding of active) forwarding.stopStream();
      if (active.size > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          onIdle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      for (const forwarding of [...active]) forwarding.stop(closingError());
      openCalls.close();
      await targets.close();
    },
  };
}

/** Waits for a starting runtime, within a bound. Null when the client left; a target that comes too late is given back. */
async function awaitTarget(found: Promise<Target>, res: ServerResponse): Promise<Target | null> {
  let isTaken = true;
  const giveUp = new Promise<"left" | "late">((resolve) => {
    const onClose = (): void => resolve("left");
    const timer = setTimeout(() => resolve("late"), limits.mcp.startWaitMs);
    res.once("close", onClose);
    const clear = (): void => {
      clearTimeout(timer);
      res.off("close", onClose);
    };
    found.then(clear, clear);
  });
  void found.then(
    (target) => {
      if (!isTaken) target.end();
    },
    () => undefined,
  );
  const first = await Promise.race([found, giveUp]);
  if (typeof first !== "string") {
    if (!res.destroyed) return first;
    first.end();
    return null;
  }
  isTaken = false;
  if (first === "left") return null;
  const seconds = limits.mcp.startWaitMs / 1000;
  throw new DomainError("unavailable", `The server did not start within ${seconds} s. Try again soon.`, {
    retryAfterSeconds: 2,
  });
}

const isStreamOf = (exchange: Exchange): boolean => exchange.calls.some((call) => call.kind === "listen");
const isRuntimeTrouble = ({ code }: DomainError): boolean =>
  code === "runtime_failed" || code === "bundle_refused" || code === "upstream_failed" || code === "timeout";
const textOf = (value: string | string[] | undefined): string | null =>
  typeof value === "string" ? value : null;
const headersOf = (error: DomainError): string[] => [
  ...(error.retryAfterSeconds === undefined ? [] : ["retry-after", String(error.retryAfterSeconds)]),
  ...(error.code === "method_not_allowed" ? ["allow", "GET, POST, DELETE, OPTIONS"] : []),
];
const foreignOrigin = (origin: string): DomainError =>
  new DomainError(
    "forbidden",
    `Web pages of ${origin.slice(0, 200)} may not call this server. The operator can allow this origin.`,
  );
/** Before the first read nobody can tell an unknown server from one that was not read yet. */
const unknownServer = (isDirectoryRead: boolean): DomainError =>
  isDirectoryRead
    ? new DomainError("not_found", "There is no MCP server at this URL. Check the slug: /mcp/{slug}.")
    : new DomainError(
        "unavailable",
        "This node is starting and does not know its servers yet. Try again soon.",
        {
          retryAfterSeconds: 2,
        },
      );
const closingError = (): DomainError =>
  new DomainError("unavailable", "This node is shutting down. Send the request again.", {
    retryAfterSeconds: 2,
  });
