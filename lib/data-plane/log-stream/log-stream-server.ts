import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { LOG_STREAM_CLOSE, type LogStreamStatus } from "#lib/contract/index.ts";
import type { Log } from "#lib/domain/access/index.ts";
import type { Clock } from "#lib/kernel/clock.ts";
import { limits } from "#lib/kernel/limits.ts";
import type { ServerDirectory, ServerEntry } from "../directory/index.ts";
import type { LogHub } from "../observation/index.ts";
import type { AccessVerdict, Authorize, Credentials } from "./access.ts";
import { credentialsOf, isRefusal, REFUSALS, type Refusal, refuse, slotsTaken, slugOf } from "./handshake.ts";
import { ViewerConnection } from "./viewer-connection.ts";

const { clientMessageBytesMax, handshakesPendingMax, authorizeMsMax, heartbeatMs } = limits.logStream;

export interface LogStreamServerOptions {
  hub: LogHub;
  directory: ServerDirectory;
  authorize: Authorize;
  /** Origins of our own pages, e.g. `https://mcp.example.com`. */
  allowedOrigins: Iterable<string>;
  clock: Clock;
  log: Log;
}

/** The WebSocket side of the log stream: `GET /log-stream/{slug}`. */
export interface LogStreamServer {
  /** Takes an upgrade below `/log-stream/`; false for any other, which is then untouched. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Who watches a server, and where its stream stands. */
  status(serverId: string): Pick<LogStreamStatus, "viewers" | "viewersMax" | "holders" | "epoch" | "head">;
  /** Asks again, soon, whether the viewers may watch: of one organization, or all. */
  recheck(organizationId?: string): void;
  /** What a timer does every few seconds: ends idle, expired and dead viewers. */
  sweep(): void;
  /** Closes every viewer with 1012. New ones are refused. */
  close(): void;
}

export function createLogStreamServer(options: LogStreamServerOptions): LogStreamServer {
  const { hub, directory, authorize, clock, log } = options;
  const allowedOrigins = new Set(options.allowedOrigins);
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: clientMessageBytesMax,
    perMessageDeflate: false,
    autoPong: false,
  });
  const viewers = new Map<string, Set<ViewerConnection>>();
  let pending = 0;
  let isChecking = false;
  let isCheckWanted = false;
  let isClosed = false;

  const viewersOf = (serverId: string): ReadonlySet<ViewerConnection> => viewers.get(serverId) ?? new Set();
  const everyViewer = (): ViewerConnection[] => [...viewers.values()].flatMap((set) => [...set]);
  const holdersOf = (serverId: string): LogStreamStatus["holders"] =>
    [...viewersOf(serverId)].map(({ name, since }) => ({ name, since }));

  const tellWhoWatches = (serverId: string): void => {
    const set = viewersOf(serverId);
    const server = directory.byId(serverId);
    const state = server?.status ?? "deleted";
    for (const viewer of set) {
      viewer.tell({ type: "status", viewers: set.size, viewersMax: viewersMaxOf(server), state });
    }
  };

  const endAll = (serverId: string, code: number, reason: string): void => {
    for (const viewer of [...viewersOf(serverId)]) viewer.end(code, reason);
  };

  /** Everything that can be refused without asking who it is comes last: a stranger must not learn of it. */
  const refusalOf = (verdict: AccessVerdict, server: ServerEntry | undefined): Refusal | null => {
    if (verdict.kind !== "allowed") return REFUSALS[verdict.kind];
    if (!server) return REFUSALS.forbidden;
    if (server.status !== "active") return REFUSALS.inactive;
    const viewersMax = viewersMaxOf(server);
    if (viewersOf(server.id).size >= viewersMax) return slotsTaken(holdersOf(server.id), viewersMax);
    return null;
  };

  const admit = async (req: IncomingMessage, socket: Duplex, head: Buffer, slug: string): Promise<void> => {
    const credentials = credentialsOf(req, allowedOrigins);
    if (isRefusal(credentials)) return refuse(socket, credentials);
    const organizationId = directory.bySlug(slug)?.organizationId ?? null;
    const verdict = await inTime(authorize(credentials, organizationId));
    if (isClosed || socket.destroyed) return refuse(socket, REFUSALS.unavailable);
    // The server may have changed meanwhile.
    const found = directory.bySlug(slug);
    const server = found?.organizationId === organizationId ? found : undefined;
    const refusal = refusalOf(verdict, server);
    if (refusal || !server || verdict.kind !== "allowed")
      return refuse(socket, refusal ?? REFUSALS.forbidden);
    open(req, socket, head, { server, verdict, credentials });
  };

  interface Admitted {
    server: ServerEntry;
    verdict: Extract<AccessVerdict, { kind: "allowed" }>;
    credentials: Credentials;
  }

  /** The callback runs before `handleUpgrade` returns, so no other viewer can take the slot in between. */
  const open = (req: IncomingMessage, socket: Duplex, head: Buffer, admitted: Admitted): void => {
    const { server, verdict, credentials } = admitted;
    webSockets.handleUpgrade(req, socket, head, (webSocket) => {
      const set = viewers.get(server.id) ?? new Set();
      viewers.set(server.id, set);
      const connection: ViewerConnection = new ViewerConnection(
        {
          socket: webSocket,
          hub,
          server,
          credentials,
          name: verdict.name,
          viewersMax: viewersMaxOf(server),
          expiresAtMs: verdict.expiresAtMs,
          clock,
          onEnd: () => {
            set.delete(connection);
            if (set.size === 0 && viewers.get(server.id) === set) viewers.delete(server.id);
            else tellWhoWatches(server.id);
          },
        },
        set.size + 1,
      );
      set.add(connection);
      tellWhoWatches(server.id);
    });
  };

  /** One viewer after the other: however many there are, the database sees one question at a time. */
  const check = async (): Promise<void> => {
    isCheckWanted = true;
    if (isChecking) return;
    isChecking = true;
    try {
      // Asked for again meanwhile: those who were checked already may be due again.
      while (isCheckWanted && !isClosed) {
        isCheckWanted = false;
        for (const viewer of everyViewer()) {
          if (viewer.isDueForCheck()) await checkViewer(viewer);
        }
      }
    } finally {
      isChecking = false;
    }
  };

  const checkViewer = async (viewer: ViewerConnection): Promise<void> => {
    const { id, organizationId } = viewer.server;
    viewer.checking();
    try {
      const stillThere = directory.byId(id)?.organizationId === organizationId;
      const verdict = await inTime(authorize(viewer.credentials, stillThere ? organizationId : null));
      if (verdict.kind === "unauthenticated") {
        viewer.end(LOG_STREAM_CLOSE.unauthenticated, "The session has ended. Sign in again.");
      } else if (verdict.kind === "forbidden") {
        viewer.end(LOG_STREAM_CLOSE.forbidden, "You may no longer see the logs of this server.");
      } else viewer.allowUntil(verdict.expiresAtMs);
    } catch (error) {
      log.warn({ err: error, serverId: id }, "a log viewer could not be checked; it is asked for again");
    }
  };

  const stopListening = directory.onChange(({ before, after }) => {
    const serverId = after?.id ?? before?.id;
    if (serverId === undefined) return;
    if (after?.status !== "active") {
      endAll(serverId, LOG_STREAM_CLOSE.serverInactive, "The server is not active any more.");
      return;
    }
    for (const viewer of viewersOf(serverId)) viewer.checkSoon();
    void check();
  });

  const sweep = (): void => {
    for (const viewer of everyViewer()) viewer.sweep();
    void check();
  };
  const timer = setInterval(sweep, heartbeatMs);
  timer.unref();

  return {
    upgrade(req, socket, head) {
      const slug = slugOf(req.url);
      if (slug === null) return false;
      socket.on("error", () => socket.destroy());
      if (isClosed || pending >= handshakesPendingMax) {
        refuse(socket, REFUSALS.unavailable);
        return true;
      }
      pending += 1;
      admit(req, socket, head, slug)
        .catch((error: unknown) => {
          log.warn({ err: error }, "a log stream could not be opened");
          refuse(socket, REFUSALS.unavailable);
        })
        .finally(() => {
          pending -= 1;
        });
      return true;
    },
    status(serverId) {
      const position = hub.position(serverId);
      const holders = holdersOf(serverId);
      return {
        viewers: holders.length,
        viewersMax: viewersMaxOf(directory.byId(serverId)),
        holders,
        epoch: position?.epoch ?? null,
        head: position?.head ?? 0,
      };
    },
    recheck(organizationId) {
      for (const viewer of everyViewer()) {
        if (organizationId === undefined || viewer.server.organizationId === organizationId)
          viewer.checkSoon();
      }
      void check();
    },
    sweep,
    close() {
      isClosed = true;
      clearInterval(timer);
      stopListening();
      for (const viewer of everyViewer()) viewer.end(LOG_STREAM_CLOSE.restart, "The platform restarts.");
      webSockets.close();
    },
  };
}

/** `work`, or a rejection after `limits.logStream.authorizeMsMax`. */
async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no verdict within ${authorizeMsMax} ms`)), authorizeMsMax);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the plan and the installation both allow. */
const viewersMaxOf = (server: ServerEntry | undefined): number => {
  const { viewersPerServerMax } = limits.logStream;
  return Math.min(viewersPerServerMax, server?.caps.viewersMax ?? viewersPerServerMax);
};
