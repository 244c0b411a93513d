import WebSocket from "ws";
import type { LogStreamEnvironment, SocketLike } from "#lib/client/log-stream/environment.ts";
import { systemClock } from "#lib/kernel/clock.ts";

const FRAME_MS = 16;

/** What the browser's log viewer needs, in node: it paints 60 times a second onto nothing. */
export function nodeEnvironment(port: number): LogStreamEnvironment {
  return {
    openSocket: () => openSocket(port),
    checkStatus: async () => ({ kind: "may_connect" }),
    startRegexWorker() {
      throw new Error("nothing is searched for here");
    },
    history: {
      lines: () => Promise.reject(new Error("nothing is stored here")),
      context: () => Promise.reject(new Error("nothing is stored here")),
    },
    clock: systemClock,
    // Comes back as soon as it may: a hundred cuts in a row would else have it wait longer and longer.
    random: () => 0,
    beforePaint: (callback) => later(FRAME_MS, callback),
    after: later,
  };
}

function later(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

function openSocket(port: number): SocketLike {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/log-stream/support-api`, {
    headers: { authorization: "Bearer bench" },
  });
  const like: SocketLike = {
    send: (text) => socket.send(text),
    close: () => socket.close(),
    onmessage: null,
    onclose: null,
  };
  socket.on("message", (data) => like.onmessage?.({ data: String(data) }));
  socket.on("close", (code) => like.onclose?.({ code }));
  // A broken connection also closes.
  socket.on("error", () => undefined);
  return like;
}
