import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { createLogStreamServer } from "#lib/data-plane/log-stream/index.ts";
import { createLogHub, type LogHub } from "#lib/data-plane/observation/index.ts";
import type { ConsoleFact } from "#lib/domain/requests/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { recordingLog } from "#lib/testing/index.ts";
import { serverEntry, testDirectory } from "#lib/testing/log-stream-harness.ts";
import type { FanOutReport } from "./fan-out-parts/viewers-process.ts";

/**
 * What 100,000 deliveries a second cost: ten viewers of one server that writes 10,000 lines a second, over real
 * WebSockets, viewers in another process. Against the same with each line serialised for each viewer.
 */

const VIEWERS = 10;
const LINES_PER_SECOND = 10_000;
const SECONDS = 5;
const TICK_MS = 10;
const ids = createIdSource();

export async function bench(): Promise<void> {
  const naive = await measure(startNaive);
  const ours = await measure(startHub);
  for (const [name, { report, cpuShare }] of Object.entries({ "each viewer for itself": naive, hub: ours })) {
    const rate = Math.round(report.entries / SECONDS).toLocaleString("en");
    console.log(
      `${name.padEnd(24)} ${rate} deliveries/s at ${(cpuShare * 100).toFixed(0)} % of a core; write → received p50 ${report.p50Ms} ms, p99 ${report.p99Ms} ms`,
    );
  }
  console.log(
    `CPU against the baseline: ×${(ours.cpuShare / naive.cpuShare).toFixed(2)} (goal: ≤ 50 % of a core)`,
  );
}

interface Side {
  port: number;
  write(message: string): void;
  close(): void;
}

async function measure(start: () => Promise<Side>): Promise<{ report: FanOutReport; cpuShare: number }> {
  const side = await start();
  const child = fork(path.join(import.meta.dirname, "fan-out-parts/viewers-process.ts"), [
    String(side.port),
    String(VIEWERS),
  ]);
  try {
    await nextMessage(child);
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    await writeLines(side);
    const seconds = (performance.now() - startMs) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    child.send("report");
    const report = (await nextMessage(child)) as FanOutReport;
    return { report, cpuShare: (user + system) / 1e6 / seconds };
  } finally {
    child.kill();
    side.close();
  }
}

/** Keeps the rate on average, whatever the timer does. */
function writeLines(side: Side): Promise<void> {
  const startMs = performance.now();
  let written = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(SECONDS * 1_000, performance.now() - startMs) * (LINES_PER_SECOND / 1_000);
      for (; written < due; written++) {
        side.write(
          `[INFO] Tool: refund_order, order ord_${written}, attempt 1, reason: damaged in transit, took 12 ms`,
        );
      }
      if (written < SECONDS * LINES_PER_SECOND) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
}

async function startHub(): Promise<Side> {
  const clock = systemClock;
  const hub = createLogHub({ clock, ids });
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
  return {
    port: (server.address() as AddressInfo).port,
    write: (message) => publish(hub, message),
    close: () => {
      logStream.close();
      hub.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function publish(hub: LogHub, message: string): void {
  const { epoch, seq } = hub.nextPosition("srv_1");
  const fact: ConsoleFact = {
    id: "",
    organizationId: "org_acme",
    serverId: "srv_1",
    versionId: null,
    requestId: null,
    epoch,
    seq,
    timestampMs: Date.now(),
    level: "info",
    method: "log",
    message,
    truncated: false,
    bytes: message.length,
    retentionDays: 0,
  };
  hub.publish(fact);
}

async function startNaive(): Promise<Side> {
  const viewers = new Set<WebSocket>();
  const webSockets = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  webSockets.on("connection", (socket) => viewers.add(socket));
  await once(webSockets, "listening");
  let seq = 0;
  let pending: object[] = [];
  const flush = (): void => {
    const entries = pending;
    pending = [];
    for (const viewer of viewers) {
      viewer.send(JSON.stringify({ type: "logs", epoch: "naive", from: 1, to: seq, filterRev: 0, entries }));
    }
  };
  const timer = setInterval(() => {
    if (pending.length > 0) flush();
  }, 30);
  return {
    port: (webSockets.address() as AddressInfo).port,
    write(message) {
      pending.push({ timestamp: Date.now(), level: "info", message, seq: ++seq, method: "log" });
      if (pending.length >= 100) flush();
    },
    close() {
      clearInterval(timer);
      for (const viewer of viewers) viewer.terminate();
      webSockets.close();
    },
  };
}
