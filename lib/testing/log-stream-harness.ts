import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import WebSocket from "ws";
import { type LogEntry, ServerFrame } from "#lib/contract/index.ts";
import { type ServerDirectory, type ServerEntry, UNPRICED_PLAN } from "#lib/data-plane/directory/index.ts";
import { type Authorize, createLogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createLogHub, type LogHub } from "#lib/data-plane/observation/index.ts";
import type { ConsoleFact } from "#lib/domain/requests/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";
import { recordingLog } from "./recording-log.ts";

/** A server as the data plane knows it; `over` replaces parts. */
export const serverEntry = (over: Partial<ServerEntry> = {}): ServerEntry => ({
  id: "srv_1",
  organizationId: "org_acme",
  organizationSlug: "test",
  slug: "support-api",
  name: "Support API",
  kind: "hosted",
  status: "active",
  directAccess: "public",
  retentionDays: 7,
  recordBodies: false,
  upstreamUrl: null,
  upstreamHeaders: {},
  gateway: null,
  version: { id: "ver_1", semver: "1.0.0", sha256: "0".repeat(64) },
  revision: "1",
  environment: {},
  caps: { toolCallDurationMsMax: 1_000, requestBytesMax: 1_000, responseBytesMax: 1_000, viewersMax: 10 },
  plan: UNPRICED_PLAN,
  ...over,
});

/** A directory that the test changes by hand. */
export interface TestDirectory extends ServerDirectory {
  put(entry: ServerEntry): void;
  remove(id: string): void;
}

export function testDirectory(...entries: ServerEntry[]): TestDirectory {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const listeners = new Set<Parameters<ServerDirectory["onChange"]>[0]>();
  const tell = (before: ServerEntry | undefined, after: ServerEntry | undefined): void => {
    for (const listener of listeners) {
      listener({ ...(before ? { before } : {}), ...(after ? { after } : {}) });
    }
  };
  return {
    byId: (id) => byId.get(id),
    bySlug: (slug) => [...byId.values()].find((entry) => entry.slug === slug),
    all: () => byId.values(),
    byPublicId: () => undefined,
    gatewayById: () => undefined,
    agentById: () => undefined,
    keyByHash: () => undefined,
    publishedVersion: () => null,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAgentChange: () => () => undefined,
    asOfMs: 0,
    put(entry) {
      const before = byId.get(entry.id);
      byId.set(entry.id, entry);
      tell(before, entry);
    },
    remove(id) {
      const before = byId.get(id);
      byId.delete(id);
      tell(before, undefined);
    },
  };
}

/** A session or token that the harness accepts. */
export interface TestAccess {
  name: string;
  organizationIds: string[];
  expiresAtMs: number | null;
}

/** A viewer over a real WebSocket: everything it was sent, and how it ended. */
export interface TestViewer {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[];
  /** The lines it got, in the order in which they came. */
  entries(): LogEntry[];
  closed: Promise<{ code: number; reason: string }>;
  send(frame: unknown): void;
  /** Resolves with the first frame of that type, now or later. */
  next<Type extends ServerFrame["type"]>(type: Type): Promise<Extract<ServerFrame, { type: Type }>>;
}

export interface ConnectOptions {
  slug?: string;
  cookie?: string | null;
  origin?: string | null;
  authorization?: string;
  /** False for a peer that answers no ping. */
  autoPong?: boolean;
}

export interface LogStreamHarness {
  readonly clock: FakeClock;
  readonly hub: LogHub;
  readonly directory: TestDirectory;
  readonly logStream: ReturnType<typeof createLogStreamServer>;
  /** By cookie or Authorization header. */
  readonly access: Map<string, TestAccess>;
  readonly port: number;
  /** Publishes lines as the ingest would, numbered by the hub. */
  write(count: number, over?: Partial<ConsoleFact>): ConsoleFact[];
  connect(options?: ConnectOptions): Promise<TestViewer>;
  /** The HTTP status with which the handshake was refused, and its body. */
  refusal(options?: ConnectOptions): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export const OUR_ORIGIN = "https://mcp.example.com";

/** The log stream on a port of its own, with everything around it in the test's hands. */
export async function startLogStream(): Promise<LogStreamHarness> {
  const clock = fakeClock();
  const ids = createIdSource(() => clock.nowMs());
  const hub = createLogHub({ clock, ids });
  const directory = testDirectory(serverEntry());
  const access = new Map<string, TestAccess>([
    ["session=alice", { name: "Alice", organizationIds: ["org_acme"], expiresAtMs: null }],
  ]);
  const authorize: Authorize = async (credentials, organizationId) => {
    const found = access.get(credentials.authorization ?? credentials.cookie ?? "");
    if (!found || (found.expiresAtMs !== null && found.expiresAtMs <= clock.nowMs())) {
      return { kind: "unauthenticated" };
    }
    return organizationId !== null && found.organizationIds.includes(organizationId)
      ? { kind: "allowed", name: found.name, expiresAtMs: found.expiresAtMs }
      : { kind: "forbidden" };
  };
  const logStream = createLogStreamServer({
    hub,
    directory,
    authorize,
    allowedOrigins: [OUR_ORIGIN],
    clock,
    log: recordingLog(),
  });
  const server = http.createServer((_, res) => res.end());
  server.on("upgrade", (req, socket, head) => {
    if (!logStream.upgrade(req, socket, head)) socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sockets = new Set<WebSocket>();

  const open = ({
    slug = "support-api",
    cookie,
    origin,
    authorization,
    autoPong = true,
  }: ConnectOptions): WebSocket => {
    const headers: Record<string, string> = {};
    if (authorization !== undefined) headers.authorization = authorization;
    else if (cookie !== null) headers.cookie = cookie ?? "session=alice";
    if (origin !== null) headers.origin = origin ?? OUR_ORIGIN;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/log-stream/${slug}`, { headers, autoPong });
    sockets.add(socket);
    socket.on("error", () => undefined);
    return socket;
  };

  return {
    clock,
    hub,
    directory,
    logStream,
    access,
    port,
    write(count, over = {}) {
      return Array.from({ length: count }, () => {
        const serverId = over.serverId ?? "srv_1";
        const { epoch, seq } = hub.nextPosition(serverId);
        const fact: ConsoleFact = {
          id: ids.uuid(),
          organizationId: "org_acme",
          serverId,
          versionId: null,
          requestId: null,
          epoch,
          seq,
          timestampMs: clock.nowMs(),
          level: "info",
          method: "log",
          message: `line ${seq}`,
          truncated: false,
          bytes: 10,
          retentionDays: 7,
          ...over,
        };
        hub.publish(fact);
        return fact;
      });
    },
    async connect(options = {}) {
      const viewer = testViewer(open(options));
      await viewer.next("hello");
      return viewer;
    },
    async refusal(options = {}) {
      const [, response] = (await once(open(options), "unexpected-response")) as [
        unknown,
        http.IncomingMessage,
      ];
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk;
      return { status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> };
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      logStream.close();
      hub.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function testViewer(socket: WebSocket): TestViewer {
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data) => {
    frames.push(ServerFrame.parse(JSON.parse(String(data))));
    for (const wake of waiting) wake();
  });
  return {
    socket,
    frames,
    entries: () => frames.flatMap((frame) => (frame.type === "logs" ? frame.entries : [])),
    closed: new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }));
    }),
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    next: (type) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = frames.find((frame) => frame.type === type);
          if (!found) return;
          waiting.delete(look);
          resolve(found as Extract<ServerFrame, { type: typeof type }>);
        };
        waiting.add(look);
        look();
      }),
  };
}
