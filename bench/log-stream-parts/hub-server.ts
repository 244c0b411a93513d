import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createLogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createLogHub, type LogHub } from "#lib/data-plane/observation/index.ts";
import type { ConsoleFact } from "#lib/domain/requests/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { recordingLog } from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";

/** A real hub behind a real log stream server, which lets everybody in. */
export interface HubServer {
  readonly port: number;
  readonly hub: LogHub;
  write(message: string, level?: ConsoleFact["level"]): void;
  close(): void;
}

export async function startHubServer(): Promise<HubServer> {
  const clock = systemClock;
  const hub = createLogHub({ clock, ids: createIdSource() });
  const logStream = createLogStreamServer({
    hub,
    directory: testDirectory(serverEntry()),
    authorize: async () => ({ kind: "allowed", name: "bench", expiresAtMs: null }),
    allowedOrigins: [],
    clock,
    log: recordingLog(),
  });
  const server = http.createServer();
  server.on("upgrade", (req, socket, head) => logStream.upgrade(req, socket, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const heartbeat = setInterval(hub.heartbeat, 5_000);
  return {
    port: (server.address() as AddressInfo).port,
    hub,
    write: (message, level = "info") => publish(hub, message, level),
    close() {
      clearInterval(heartbeat);
      logStream.close();
      hub.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function publish(hub: LogHub, message: string, level: ConsoleFact["level"]): void {
  const { epoch, seq } = hub.nextPosition("srv_1");
  hub.publish({
    id: "",
    organizationId: "org_acme",
    serverId: "srv_1",
    versionId: null,
    requestId: null,
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

/** Writes `perSecond` lines for `seconds`, on average exactly, whatever the timer does. */
export function writeSteadily(
  { perSecond, seconds }: { perSecond: number; seconds: () => number },
  write: (number: number) => void,
): Promise<number> {
  const startMs = performance.now();
  let written = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const passedMs = performance.now() - startMs;
      const endMs = seconds() * 1_000;
      const due = Math.floor(Math.min(endMs, passedMs) * (perSecond / 1_000));
      while (written < due) write(written++);
      if (passedMs < endMs) return;
      clearInterval(timer);
      resolve(written);
    }, 10);
  });
}
