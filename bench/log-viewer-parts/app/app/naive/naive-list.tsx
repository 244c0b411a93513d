"use client";

import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { decodeServerFrame } from "#lib/client/log-stream/decode-frame.ts";
import type { LogEntry } from "#lib/contract/log-stream.ts";
import { benchServer } from "../bench-server.ts";

const ROWS_MAX = 5_000;

/** The list one writes first: state set for every message, every row in the document, the end kept in view by hand. */
export function NaiveList() {
  const [isLive, setIsLive] = useState(false);
  const [lines, setLines] = useState<readonly LogEntry[]>([]);
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  // External system: the WebSocket.
  useEffect(() => {
    const path = `/log-stream/${benchServer.slug}`;
    let socket: WebSocket | null = null;
    let isGone = false;
    const open = async () => {
      await fetch("/log-stream/status");
      if (isGone) return;
      const opened = new WebSocket(new URL(path, window.location.href.replace(/^http/, "ws")));
      opened.onmessage = ({ data }) => {
        const frame = decodeServerFrame(String(data));
        if (frame?.type === "hello") {
          opened.send(JSON.stringify({ type: "resume", epoch: frame.epoch, after: frame.head }));
          setIsLive(true);
        }
        if (frame?.type === "logs") setLines((last) => [...last, ...frame.entries].slice(-ROWS_MAX));
      };
      socket = opened;
    };
    void open();
    return () => {
      isGone = true;
      socket?.close();
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines make the list longer
  useLayoutEffect(() => {
    if (follows.current) list.current?.scrollTo(0, list.current.scrollHeight);
  }, [lines]);
  return (
    <main className="flex h-dvh flex-col font-mono text-xs leading-5">
      <div
        ref={list}
        role="log"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
        className="min-h-0 flex-1 overflow-y-auto"
      >
        {lines.map((line) => (
          <div key={line.seq} data-n={line.seq} data-level={line.level} className="flex gap-2 px-3">
            <span>{new Date(line.timestamp).toISOString()}</span>
            <span>{line.level}</span>
            <span>{line.message}</span>
          </div>
        ))}
      </div>
      <footer>{isLive ? "Live" : "Connecting"}</footer>
    </main>
  );
}
