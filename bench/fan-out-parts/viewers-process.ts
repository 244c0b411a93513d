import { once } from "node:events";
import WebSocket from "ws";

/** What all viewers of the process together received. */
export interface FanOutReport {
  entries: number;
  p50Ms: number;
  p99Ms: number;
}

const [port, viewers] = process.argv.slice(2).map(Number);
const delaysMs: number[] = [];
let entries = 0;

/** Counts the entries without parsing them all: the machine is shared with the process that is measured. */
function receive(data: WebSocket.RawData): void {
  const text = String(data);
  if (!text.startsWith('{"type":"logs"')) return;
  entries += text.split('"seq":').length - 1;
  const timestamp = /"timestamp":(\d+)/.exec(text)?.[1];
  if (timestamp) delaysMs.push(Date.now() - Number(timestamp));
}

const sockets = Array.from({ length: viewers ?? 0 }, () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/log-stream/support-api`, {
    headers: { authorization: "Bearer bench" },
  });
  socket.on("message", receive);
  return socket;
});
await Promise.all(sockets.map((socket) => once(socket, "open")));
process.send?.("ready");

process.on("message", () => {
  setTimeout(() => {
    const sorted = delaysMs.sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    process.send?.({ entries, p50Ms: at(0.5), p99Ms: at(0.99) } satisfies FanOutReport);
  }, 500);
});
