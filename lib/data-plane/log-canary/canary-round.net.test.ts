import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { LogEntry, ServerFrame } from "#lib/contract/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { type RoundParts, runRound } from "./canary-round.ts";

/** A log stream that shows what a path with a given fault would show. */
let server: WebSocketServer;
let viewer: WebSocket | undefined;
beforeEach(async () => {
  viewer = undefined;
  server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => {
    viewer = socket;
    const hello: ServerFrame = {
      type: "hello",
      server: { id: "canary:n", slug: "~canary", name: "Log canary" },
      epoch: "e",
      head: 0,
      tail: 1,
      viewers: 1,
      viewersMax: 10,
      retention: 1,
    };
    socket.send(JSON.stringify(hello));
  });
  await once(server, "listening");
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

/** Writes the lines at `places` to the viewer and to the store. */
function path(places: readonly number[], stored = places): Omit<RoundParts, "clock"> {
  let rows: { message: string; writtenMs: number }[] = [];
  return {
    streamUrl: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { authorization: "Canary x" },
    async write(prefix) {
      const timestamp = systemClock.nowMs();
      const entries: LogEntry[] = places.map((n, index) => ({
        timestamp,
        level: "info",
        message: `${prefix}${n}`,
        seq: index + 1,
      }));
      const frame: ServerFrame = {
        type: "logs",
        epoch: "e",
        from: 1,
        to: places.length,
        filterRev: 0,
        entries,
      };
      viewer?.send(JSON.stringify(frame));
      rows = stored.map((n) => ({ message: `${prefix}${n}`, writtenMs: timestamp }));
    },
    stored: async () => rows,
  };
}
const run = (parts: Omit<RoundParts, "clock">, signal = new AbortController().signal) =>
  runRound({ ...parts, clock: systemClock }, "nonce", signal);

describe("a round of the log canary", () => {
  it("finds a path that works", async () => {
    expect(await run(path([1, 2, 3, 4, 5]))).toMatchObject({
      sent: 5,
      missing: 0,
      duplicated: 0,
      reordered: 0,
      problem: null,
      viewerLagMs: expect.any(Number),
      storeLagMs: expect.any(Number),
    });
  });

  it("counts what came twice and what came out of order", async () => {
    expect(await run(path([1, 3, 2, 2, 4, 5]))).toMatchObject({ missing: 0, duplicated: 1, reordered: 1 });
  });

  it("says what a viewer and the store never got", async () => {
    const ending = new AbortController();
    const parts = path([1, 2, 4, 5], [1]);
    const write = parts.write;
    const found = await run(
      {
        ...parts,
        async write(prefix, lines) {
          await write(prefix, lines);
          setImmediate(() => ending.abort());
        },
      },
      ending.signal,
    );
    expect(found).toMatchObject({ viewerLagMs: null, storeLagMs: null });
    expect(found.missing).toBeGreaterThanOrEqual(1);
    expect(found.problem).toContain("A viewer did not get all lines");
    expect(found.problem).toContain("The store did not get all lines");
  });

  it("takes a runtime that cannot be reached and a stream that refuses for a finding, not for an end", async () => {
    const broken = await run({
      ...path([]),
      write: () => Promise.reject(new Error("This server keeps crashing.")),
    });
    expect(broken).toMatchObject({
      missing: 5,
      problem: expect.stringContaining("This server keeps crashing."),
    });
    server.close();
    for (const client of server.clients) client.terminate();
    const refused = await run({ ...path([]), streamUrl: () => "ws://127.0.0.1:1" });
    expect(refused).toMatchObject({ missing: 5, problem: expect.stringContaining("ECONNREFUSED") });
  });
});
