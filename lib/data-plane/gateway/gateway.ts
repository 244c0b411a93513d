import type { IncomingMessage, ServerResponse } from "node:http";
import type { buildConnector } from "undici";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { DomainError } from "#lib/kernel/errors.ts";
import { encodeId, type IdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { GatewayEntry, ServerDirectory, ServerEntry } from "../directory/index.ts";
import type { RuntimeDriver } from "../hosting/index.ts";
import type { Meter } from "../metering/index.ts";
import type { ObservationSink } from "../observation/index.ts";
import {
  type CallLimiter,
  createFetchJson,
  Issuers,
  isStillAllowed,
  KeyUses,
  LocalLimiter,
  type StoreKeyUses,
  Tokens,
} from "./access/index.ts";
import { Admission, type ServerLoad } from "./admission.ts";
import { createBrowserAccess, preflightHeaders } from "./browser-access.ts";
import type { GatewayContext, Peer } from "./context.ts";
import { Deadlines } from "./deadlines.ts";
import { enter, type ServerAddress } from "./entrance.ts";
import { type Exchange, factOf } from "./exchange.ts";
import type { Forwarding } from "./forward.ts";
import { createCauseReader, readMcpAddress } from "./identify.ts";
import { answerMetadata } from "./metadata-answer.ts";
import { OpenCalls } from "./open-calls.ts";
import {
  ALLOWED_METHODS,
  foreignOrigin,
  refuse,
  refuseStranger,
  shuttingDown,
  unknownServer,
} from "./refusals.ts";
import { discardRequestBody } from "./request-body.ts";
import { createSealedSessions } from "./sealed-sessions.ts";
import { createTargets } from "./targets.ts";
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
  /** Counts the calls of all nodes together; without it each node counts alone. Closed with the gateway. */
  limiter?: CallLimiter;
  /** Without it nothing is limited. Closed with the gateway, when no call is under way any more. */
  meter?: Meter;
  /** Stores when keys were last used; called at most once a minute. */
  onKeysUsed?: StoreKeyUses;
  config: {
    publicUrl: string;
    internalSecret: string;
    /** Seals session ids; the same on all nodes of an installation. */
    sessionSecret: Uint8Array;
    /** The name of this node, where sessions of hosted servers live. */
    node: string;
    /** Origins of web pages that may call, besides our own and the caller's own machine; `*` for all. */
    allowedOrigins?: readonly string[];
    /** Whether calls become spans, so that what is sent on names them. */
    exportsTraces?: boolean;
  };
}

export interface Gateway {
  /**
   * Takes a request whose path is below `/mcp`, `/gateway` or the well-known name of resource metadata; answers false for
   * any other, which it leaves untouched.
   */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** What is under way now, of one server or of all. */
  load(serverId?: string): ServerLoad;
  /** Ends open streams, waits for calls up to `timeoutMs`, then ends them with an error that says so. */
  close(timeoutMs?: number): Promise<void>;
}

/** The MCP gateway. Steps: identify → authorize → admit → forward → observe. Never asks the database. */
export function createGateway(options: GatewayOptions): Gateway {
  const { directory, sink, clock, ids, log, config } = options;
  const { publicUrl } = config;
  const meter = options.meter ?? null;
  const causeOf = createCauseReader(config.internalSecret);
  const accessOf = createBrowserAccess({
    publicUrl,
    allowedOrigins: config.allowedOrigins ?? [],
  });
  const report: GatewayContext["report"] = (exchange, call) =>
    sink.request(factOf(exchange, call, clock.monotonicMs() - exchange.startedMs, meter));
  const openCalls = new OpenCalls({ monotonicMs: () => clock.monotonicMs(), report });
  const deadlines = new Deadlines(clock);
  const active = new Set<Forwarding>();
  const upkeep = setInterval(() => {
    openCalls.expire();
    endForbiddenStreams(active, { directory, publicUrl }, clock.nowMs());
  }, limits.mcp.pendingCheckMs);
  upkeep.unref();
  const limiter = options.limiter ?? new LocalLimiter(() => clock.monotonicMs());
  const keyUses = options.onKeysUsed ? new KeyUses(options.onKeysUsed, log) : null;
  const issuers = new Issuers({
    fetchJson: createFetchJson(options.connect),
    monotonicMs: () => clock.monotonicMs(),
    log,
  });
  let isClosing = false;
  let onIdle: () => void = () => undefined;
  const context: GatewayContext = {
    clock,
    ids,
    log,
    access: { directory, tokens: new Tokens(issuers, clock), limiter, clock, keyUses, publicUrl },
    meter,
    targets: createTargets(options),
    admission: new Admission(),
    sessions: createSealedSessions({ secret: config.sessionSecret, node: config.node }),
    openCalls,
    deadlines,
    active,
    report,
    onExchangeOver: () => {
      if (active.size === 0) onIdle();
    },
  };

  const handle = (req: IncomingMessage, res: ServerResponse): boolean => {
    const address = readMcpAddress(req.url ?? "");
    if (!address) return false;
    const peer: Peer = { req, res };
    const arrivedMs = clock.nowMs();
    const requestId = ids.uuid(arrivedMs);
    const wireId = encodeId("req", requestId);
    if (address.kind === "metadata") {
      answerMetadata(peer, address.publicId, { directory, publicUrl, wireId });
      return true;
    }
    const access = accessOf(req);
    const answerHeaders =
      access.kind === "allowed" ? ["x-request-id", wireId, ...access.headers] : ["x-request-id", wireId];
    const refusal = access.kind === "refused" ? foreignOrigin(access.origin) : null;
    const found = address.kind === "nothing" ? undefined : find(address);
    if (!found || address.kind === "nothing") {
      refuseStranger(peer, refusal ?? unknownServer(directory.asOfMs > 0), { wireId, answerHeaders });
      return true;
    }
    const exchange: Exchange = {
      server: found.server,
      requestId,
      wireId,
      ...causeOf(req),
      trace: traceContextOf(textOf(req.headers.traceparent), requestId, config.exportsTraces ?? false),
      arrivedMs,
      startedMs: clock.monotonicMs(),
      search: address.search,
      gateway: found.gateway,
      version: null,
      principal: null,
      decision: null,
      toolFilter: null,
      answerHeaders,
      // Some clients send the header before they have a session.
      session: textOf(req.headers["mcp-session-id"]) || null,
      upstreamSession: null,
      era: null,
      client: null,
      versionId: null,
      calls: [],
      httpStatus: 0,
      responseBytes: 0,
    };
    if (refusal) refuse(context, peer, exchange, { error: refusal });
    else if (req.method === "OPTIONS") answerOptions(peer, exchange);
    else if (isClosing) refuse(context, peer, exchange, { error: shuttingDown() });
    else enter(context, peer, exchange, address);
    return true;
  };

  const find = (
    address: ServerAddress,
  ): { server: ServerEntry; gateway: GatewayEntry | null } | undefined => {
    if (address.kind === "gateway") return directory.byPublicId(address.publicId);
    const server = directory.bySlug(address.slug);
    return server && { server, gateway: null };
  };

  return {
    handle,
    load: (serverId) => (serverId === undefined ? context.admission.total() : context.admission.of(serverId)),
    close: async (timeoutMs = limits.mcp.drainMs) => {
      isClosing = true;
      clearInterval(upkeep);
      for (const forwarding of [...active]) forwarding.stopStream(shuttingDown());
      if (active.size > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          onIdle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      for (const forwarding of [...active]) forwarding.stop(shuttingDown());
      openCalls.close();
      deadlines.close();
      await Promise.all([context.targets.close(), limiter.close(), keyUses?.close(), meter?.close()]);
    },
  };
}

/** A stream may outlive the key that opened it: who would not be let in again hears no more. */
function endForbiddenStreams(
  active: Iterable<Forwarding>,
  now: { directory: ServerDirectory; publicUrl: string },
  nowMs: number,
): void {
  for (const forwarding of active)
    if (!isStillAllowed(forwarding.exchange, now, nowMs)) forwarding.stopStream(noLongerAllowed());
}

const noLongerAllowed = (): DomainError =>
  new DomainError("forbidden", "You may no longer call this server. Ask its owner for access.");

function answerOptions({ req, res }: Peer, { answerHeaders }: Exchange): void {
  res.writeHead(204, [...answerHeaders, "allow", ALLOWED_METHODS, ...preflightHeaders(req)]);
  res.end();
  discardRequestBody(req);
}

const textOf = (value: string | string[] | undefined): string | null =>
  typeof value === "string" ? value : null;
