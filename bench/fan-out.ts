import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { FanOutReport } from "./fan-out-parts/viewers-process.ts";
import { type HubServer, startHubServer, writeSteadily } from "./log-stream-parts/hub-server.ts";

/**
 * What 100,000 deliveries a second cost: ten viewers of one server that writes 10,000 lines a second, over real
 * WebSockets, viewers in another process. Against the same with each line serialised for each viewer.
 */

const VIEWERS = 10;
const LINES_PER_SECOND = 10_000;
const SECONDS = 5;

export async function bench(): Promise<void> {
  const naive = await measure(startNaive);
  const ours = await measure(startHubServer);
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

type Side = Pick<HubServer, "port" | "write" | "close">;

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

const writeLines = (side: Side): Promise<number> =>
  writeSteadily({ perSecond: LINES_PER_SECOND, seconds: () => SECONDS }, (number) =>
    side.write(
      `[INFO] Tool: refund_order, order ord_${number}, attempt 1, reason: damaged in transit, took 12 ms`,
    ),
  );

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
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
