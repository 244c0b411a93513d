import { once } from "node:events";
import WebSocket from "ws";
import type { ServerFrame } from "#lib/contract/index.ts";

/** What the viewers of the process received. */
export interface ThrottledReport {
  p50Ms: number;
  p99Ms: number;
  /** Of the throttled viewer, if there is one. */
  slow: {
    received: number;
    droppedLines: number;
    notices: number;
    /** How often it was closed as too slow, and came back to its place. */
    closes: number;
    isContiguous: boolean;
    to: number;
  } | null;
}

const [port = 0, viewers = 0, bytesPerSecond = 0] = process.argv.slice(2).map(Number);
const TURN_MS = 50;
const delaysMs: number[] = [];
const slow = { received: 0, droppedLines: 0, notices: 0, closes: 0, isContiguous: true, to: 0 };
let isThrottled = bytesPerSecond > 0;

const open = (): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${port}/log-stream/support-api`, {
    headers: { authorization: "Bearer bench" },
  });

/** Reads the time of each batch only: the machine is shared with the process that is measured. */
function measure(data: WebSocket.RawData): void {
  const text = String(data);
  if (!text.startsWith('{"type":"logs"')) return;
  const timestamp = /"timestamp":(\d+)/.exec(text)?.[1];
  if (timestamp) delaysMs.push(Date.now() - Number(timestamp));
}

function account(data: WebSocket.RawData): void {
  const frame = JSON.parse(String(data)) as ServerFrame;
  if (frame.type === "hello" && slow.to > 0)
    slowSocket?.send(JSON.stringify({ type: "resume", epoch: frame.epoch, after: slow.to }));
  if (frame.type !== "logs" && frame.type !== "dropped") return;
  // Sent before the resume was read: it comes again.
  if (slow.closes > 0 && frame.from > slow.to + 1) return;
  if (frame.from !== slow.to + 1) slow.isContiguous = false;
  slow.to = frame.to;
  if (frame.type === "logs") slow.received += frame.entries.length;
  else {
    slow.notices += 1;
    slow.droppedLines += frame.count;
  }
}

let slowSocket: WebSocket | null = null;
let budget = 0;
setInterval(() => {
  budget = Math.min(bytesPerSecond, budget + (bytesPerSecond * TURN_MS) / 1_000);
  if (!isThrottled || budget >= 0) slowSocket?.resume();
}, TURN_MS).unref();

/** Takes so many bytes a second from the network and not more; when it is closed, it comes back to its place. */
function openSlow(): WebSocket {
  const socket = open();
  slowSocket = socket;
  socket.on("message", account);
  socket.on("message", (data) => {
    budget -= String(data).length;
    if (isThrottled && budget < 0) socket.pause();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    slow.closes += 1;
    openSlow();
  });
  return socket;
}

const sockets = Array.from({ length: viewers }, (_, index) => {
  if (bytesPerSecond > 0 && index === 0) return openSlow();
  const socket = open();
  socket.on("message", measure);
  return socket;
});
await Promise.all(sockets.map((socket) => once(socket, "open")));
process.send?.("ready");

process.on("message", (message: { head: number }) => {
  isThrottled = false;
  const endMs = Date.now() + 20_000;
  const report = (): void => {
    if (bytesPerSecond > 0 && slow.to < message.head && Date.now() < endMs) {
      setTimeout(report, TURN_MS);
      return;
    }
    const sorted = delaysMs.sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    const answer: ThrottledReport = {
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      slow: bytesPerSecond > 0 ? slow : null,
    };
    process.send?.(answer);
  };
  setTimeout(report, 500);
});
