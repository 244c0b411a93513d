import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ServerFrame } from "#lib/contract/index.ts";
import { encodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import {
  type LogStreamHarness,
  OUR_ORIGIN,
  serverEntry,
  startLogStream,
  type TestViewer,
} from "#lib/testing/log-stream-harness.ts";

let stream: LogStreamHarness;
beforeEach(async () => {
  stream = await startLogStream();
});
afterEach(() => stream.close());

type Positioned = Extract<ServerFrame, { type: "logs" | "dropped" }>;
const positioned = (viewer: TestViewer): Positioned[] =>
  viewer.frames.filter((frame) => frame.type === "logs" || frame.type === "dropped");
const seqs = (viewer: TestViewer): number[] => viewer.entries().map((entry) => entry.seq);
const upTo = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
const dropped = (viewer: TestViewer) => viewer.frames.filter((frame) => frame.type === "dropped");
const viewersNow = () => stream.logStream.status("srv_1").viewers;

/** The numbers that a client shows that takes only what follows what it has: `resume` may overlap live frames. */
function shown(viewer: TestViewer, after: number): number[] {
  const taken: number[] = [];
  let last = after;
  for (const frame of positioned(viewer)) {
    if (frame.from !== last + 1) continue;
    last = frame.to;
    if (frame.type === "logs") taken.push(...frame.entries.map((entry) => entry.seq));
  }
  return taken;
}

/** Every frame starts where the one before ended. */
function expectContiguous(frames: Positioned[], after: number): void {
  let last = after;
  for (const frame of frames) {
    expect(frame.from).toBe(last + 1);
    last = frame.to;
  }
}

describe("handshake", () => {
  test("who is not signed in gets 401, a stranger 403, and the 403 of an unknown slug is the very same [log.ws.unauthorized] [log.ws.session-owner]", async () => {
    stream.access.set("session=mallory", {
      name: "Mallory",
      organizationIds: ["org_globex"],
      expiresAtMs: null,
    });
    expect(await stream.refusal({ cookie: null })).toMatchObject({ status: 401 });
    expect(await stream.refusal({ cookie: "session=unknown" })).toMatchObject({ status: 401 });
    const foreign = await stream.refusal({ cookie: "session=mallory" });
    const unknown = await stream.refusal({ cookie: "session=mallory", slug: "no-such-server" });
    const nonsense = await stream.refusal({ cookie: "session=mallory", slug: "%00..%2f" });
    expect(foreign.status).toBe(403);
    expect(unknown).toEqual(foreign);
    expect(nonsense).toEqual(foreign);
    expect(await stream.refusal({ slug: "no-such-server" })).toEqual(foreign);
  });

  test("a cookie counts only with the exact Origin of our own pages: no other site can open a stream", async () => {
    const others = [
      `${OUR_ORIGIN}.evil.example`,
      "https://evil.example",
      "http://mcp.example.com",
      "null",
      "",
    ];
    for (const origin of [null, ...others, `${OUR_ORIGIN}:8443`, `${OUR_ORIGIN}/`]) {
      expect((await stream.refusal({ origin })).status).toBe(403);
    }
    expect(viewersNow()).toBe(0);
  });

  test("an API token needs no Origin, and is never topped up by a cookie", async () => {
    stream.access.set("Bearer good", { name: "CI", organizationIds: ["org_acme"], expiresAtMs: null });
    const viewer = await stream.connect({ authorization: "Bearer good", origin: null });
    expect(await viewer.next("hello")).toMatchObject({ viewers: 1, viewersMax: 10, retention: 7 });
    expect((await stream.refusal({ authorization: "Bearer bad", cookie: "session=alice" })).status).toBe(401);
  });

  test("an inactive server answers 409, but only to those who may know of it [log.viewer.active-only]", async () => {
    stream.directory.put(serverEntry({ status: "inactive" }));
    expect(await stream.refusal()).toMatchObject({ status: 409, body: { code: "server_inactive" } });
    expect((await stream.refusal({ cookie: null })).status).toBe(401);
  });

  test("the eleventh viewer gets 429 and the names of the ten; a slot that is left is free at once [log.ws.viewers-10] [log.ws.disconnect]", async () => {
    const viewers = await Promise.all(upTo(1, 10).map(() => stream.connect()));
    const refused = await stream.refusal();
    expect(refused).toMatchObject({ status: 429, body: { code: "too_many_viewers", retryable: true } });
    expect(JSON.stringify(refused.body)).toContain("Alice");
    expect(stream.logStream.status("srv_1").holders).toHaveLength(10);
    viewers[3]?.socket.terminate();
    await eventually(() => expect(viewersNow()).toBe(9));
    await stream.connect();
    expect(viewersNow()).toBe(10);
  });

  test("many who come at the same moment cannot take more than ten slots", async () => {
    const outcomes = await Promise.allSettled(
      upTo(1, 25).map(() =>
        Promise.race([stream.connect().then(() => 101), stream.refusal().then((r) => r.status)]),
      ),
    );
    expect(outcomes.every((outcome) => outcome.status === "fulfilled")).toBe(true);
    expect(viewersNow()).toBeLessThanOrEqual(limits.logStream.viewersPerServerMax);
  });

  test("an upgrade that is no WebSocket, a cut connection and half a request harm nobody and hold no slot", async () => {
    const send = async (text: string, cutAfter: boolean): Promise<void> => {
      const socket = net.connect(stream.port, "127.0.0.1");
      await once(socket, "connect");
      socket.on("error", () => undefined);
      socket.resume();
      socket.write(text);
      if (cutAfter) socket.resetAndDestroy();
      await once(socket, "close");
    };
    const head = `GET /log-stream/support-api HTTP/1.1\r\nHost: x\r\nCookie: session=alice\r\nOrigin: ${OUR_ORIGIN}\r\nConnection: Upgrade\r\n`;
    await send(`${head}Upgrade: h2c\r\n\r\n`, false);
    await send(
      `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n`,
      false,
    );
    await send(
      `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      true,
    );
    await eventually(() => expect(viewersNow()).toBe(0));
    await stream.connect();
  });

  test("other paths are left to others", async () => {
    const request = http.get({
      port: stream.port,
      path: "/log-streams/x",
      headers: { connection: "upgrade", upgrade: "x" },
    });
    await once(request, "error");
  });
});

describe("lines", () => {
  test("come in order, in frames of at most 100 entries that leave no number out [log.batch] [log.ws.path]", async () => {
    const viewer = await stream.connect();
    stream.write(1_234);
    await eventually(() => expect(viewer.entries()).toHaveLength(1_234));
    expect(seqs(viewer)).toEqual(upTo(1, 1_234));
    const frames = positioned(viewer);
    expectContiguous(frames, 0);
    expect(Math.max(...frames.map((frame) => (frame.type === "logs" ? frame.entries.length : 0)))).toBe(100);
  });

  test("reach the viewer also one at a time: none waits for others to fill its frame", async () => {
    const viewer = await stream.connect();
    for (const count of [1, 2, 3]) {
      stream.write(1);
      await eventually(() => expect(seqs(viewer)).toEqual(upTo(1, count)));
    }
  });

  test("have a time in Unix milliseconds, a level and a message [log.entry]", async () => {
    const viewer = await stream.connect();
    stream.write(1, { level: "warn", method: "warn", message: "Rate limit approaching" });
    await viewer.next("logs");
    expect(viewer.entries()).toEqual([
      {
        timestamp: stream.clock.nowMs(),
        level: "warn",
        message: "Rate limit approaching",
        seq: 1,
        method: "warn",
      },
    ]);
  });

  test("of one server never reach the viewers of another [log.isolation]", async () => {
    stream.directory.put(serverEntry({ id: "srv_2", slug: "other" }));
    const [one, two] = [await stream.connect(), await stream.connect({ slug: "other" })];
    stream.write(5, { message: "secret of one" });
    stream.write(3, { serverId: "srv_2", message: "two" });
    await eventually(() => expect(one.entries()).toHaveLength(5));
    await eventually(() => expect(two.entries()).toHaveLength(3));
    expect(one.entries().every((entry) => entry.message === "secret of one")).toBe(true);
    expect(two.entries().every((entry) => entry.message === "two")).toBe(true);
  });

  test("are chosen by level, text and request; every batch names the revision of its filter", async () => {
    const requestId = "0199a7d0-1234-7abc-8def-001122334455";
    const viewer = await stream.connect();
    viewer.send({
      type: "filter",
      rev: 7,
      level: "warn",
      text: "REFUND",
      requestId: encodeId("req", requestId),
    });
    viewer.send({ type: "ping" });
    viewer.send("not json");
    await viewer.next("error");
    stream.write(1, { level: "info", message: "refund", requestId });
    stream.write(1, { level: "error", message: "refund", requestId: null });
    stream.write(1, { level: "warn", message: "A Refund failed", requestId });
    stream.write(250, { level: "error", message: "other", requestId });
    stream.write(1, { level: "error", message: "refunded", requestId });
    await eventually(() => expect(seqs(viewer)).toEqual([3, 254]));
    expectContiguous(positioned(viewer), 0);
    expect(positioned(viewer).every((frame) => frame.type === "logs" && frame.filterRev === 7)).toBe(true);
    expect(viewer.entries()[0]?.requestId).toBe(encodeId("req", requestId));
    viewer.send({ type: "filter", rev: 8, requestId: "nonsense" });
    viewer.send({ type: "resume", epoch: (await viewer.next("hello")).epoch, after: 0 });
    viewer.send({ type: "filter", rev: 9, level: "warn", text: "a refund" });
    viewer.send({ type: "resume", epoch: (await viewer.next("hello")).epoch, after: 0 });
    await eventually(() => expect(positioned(viewer).at(-1)).toMatchObject({ filterRev: 9 }));
    expect(viewer.entries().at(-1)?.seq).toBe(3);
  }, 15_000);

  test("are chosen by a regular expression; one that is none is told in words, and the filter before it stays", async () => {
    const viewer = await stream.connect();
    viewer.send({ type: "filter", rev: 1, regex: "order_\\d{3}$" });
    viewer.send({ type: "filter", rev: 2, regex: "order_(" });
    const error = await viewer.next("error");
    expect(error).toMatchObject({ code: "invalid_filter" });
    expect(error.message).toContain("no regular expression");
    stream.write(1, { message: "refund of ORDER_123" });
    stream.write(1, { message: "refund of order_12" });
    stream.write(1, { message: "(a+)+$ order_456" });
    await eventually(() => expect(seqs(viewer)).toEqual([1, 3]));
    expect(positioned(viewer)).toMatchObject([{ filterRev: 1 }]);
  });

  test("are not sent while a viewer pauses, and all follow when it goes on", async () => {
    const viewer = await stream.connect();
    viewer.send({ type: "pause" });
    viewer.send("mark");
    await viewer.next("error");
    stream.write(300);
    const other = await stream.connect();
    stream.write(1);
    await eventually(() => expect(other.entries()).toHaveLength(1));
    expect(viewer.entries()).toHaveLength(0);
    viewer.send({ type: "play" });
    await eventually(() => expect(seqs(viewer)).toEqual(upTo(1, 301)));
  });

  test("heartbeats tell the head and the rate of the last five seconds", async () => {
    const viewer = await stream.connect();
    stream.write(50);
    stream.clock.advance(5_000);
    stream.hub.heartbeat();
    const { epoch } = await viewer.next("hello");
    expect(await viewer.next("heartbeat")).toMatchObject({ epoch, head: 50, linesPerSecond: 10 });
  });
});

describe("resume", () => {
  test("after kills in the middle of a stream nothing is lost, nothing comes twice, the order is kept", async () => {
    const received: number[] = [];
    let viewer = await stream.connect();
    const { epoch } = await viewer.next("hello");
    for (const round of upTo(1, 15)) {
      const taken = viewer;
      stream.write(40);
      await eventually(() => expect(taken.entries().length).toBeGreaterThan(0));
      stream.write(round * 7);
      taken.socket.terminate();
      await taken.closed;
      received.push(...shown(taken, received.at(-1) ?? 0));
      stream.write(25);
      viewer = await stream.connect();
      viewer.send({ type: "resume", epoch, after: received.at(-1) ?? 0 });
    }
    const head = stream.logStream.status("srv_1").head;
    const last = viewer;
    await eventually(() => expect(seqs(last).at(-1)).toBe(head));
    received.push(...shown(last, received.at(-1) ?? 0));
    expect(received).toEqual(upTo(1, head));
    expect(dropped(last)).toEqual([]);
  });

  test("beyond the ring says exactly how many lines are gone, then goes on with the oldest that is left", async () => {
    stream.write(limits.logStream.ringEntriesMax + 321);
    const viewer = await stream.connect();
    const { epoch, head, tail } = await viewer.next("hello");
    expect([head, tail]).toEqual([10_321, 322]);
    viewer.send({ type: "resume", epoch, after: 21 });
    await eventually(() => expect(viewer.entries()).toHaveLength(limits.logStream.ringEntriesMax));
    expect(dropped(viewer)).toMatchObject([{ from: 22, to: 321, count: 300, reason: "no_longer_buffered" }]);
    expectContiguous(positioned(viewer), 21);
    expect(seqs(viewer)).toEqual(upTo(322, 10_321));
  });

  test("with an epoch of another life replays what there is and says that numbers began anew", async () => {
    stream.write(5);
    const viewer = await stream.connect();
    viewer.send({ type: "resume", epoch: "an-earlier-life", after: 4_000 });
    await eventually(() => expect(seqs(viewer)).toEqual(upTo(1, 5)));
    expect(dropped(viewer)).toMatchObject([{ count: 0, reason: "epoch_changed" }]);
  });

  test("from a number that has not come yet waits for what comes next", async () => {
    stream.write(5);
    const viewer = await stream.connect();
    viewer.send({ type: "resume", epoch: (await viewer.next("hello")).epoch, after: 1_000_000_000 });
    viewer.send("mark");
    await viewer.next("error");
    stream.write(2);
    await eventually(() => expect(seqs(viewer)).toEqual([6, 7]));
  });
});

describe("slow viewers", () => {
  const LINE = "x".repeat(1_000);

  test("lose lines, are told exactly which, and slow nobody; errors reach them", async () => {
    const [slow, quick] = [await stream.connect(), await stream.connect()];
    slow.socket.pause();
    let total = 0;
    while (stream.hub.stats().lines < 30_000) {
      total += stream.write(1_000, { message: LINE }).length;
      total += stream.write(2, { message: "important", level: "error" }).length;
      await eventually(() => expect(quick.entries()).toHaveLength(total));
    }
    expect(dropped(quick)).toEqual([]);
    slow.socket.resume();
    await eventually(() => expect(positioned(slow).at(-1)?.to).toBe(total));
    expectContiguous(positioned(slow), 0);
    const lost = dropped(slow).reduce((sum, frame) => sum + frame.count, 0);
    expect(lost).toBeGreaterThan(0);
    expect(slow.entries().length + lost).toBe(total);
    const important = slow.entries().filter((entry) => entry.level === "error");
    expect(important).toHaveLength(quick.entries().filter((entry) => entry.level === "error").length);
    for (const frame of dropped(slow)) {
      expect(frame).toMatchObject({ reason: "slow_viewer", byLevel: { info: frame.count } });
    }
    stream.write(1, { message: "after" });
    await eventually(() => expect(slow.entries().at(-1)?.message).toBe("after"));
  }, 30_000);

  test("that take nothing for 15 seconds are closed with 4413, and their slot is free", async () => {
    const slow = await stream.connect();
    slow.socket.pause();
    const witness = await stream.connect();
    let total = 0;
    const writeMore = async (): Promise<void> => {
      total += stream.write(1_000, { message: LINE }).length;
      await eventually(() => expect(witness.entries()).toHaveLength(total));
    };
    for (let round = 0; round < 15; round++) await writeMore();
    expect(viewersNow()).toBe(2);
    stream.clock.advance(limits.logStream.viewerBlockedMsMax + 1);
    await eventually(() => expect(viewersNow()).toBe(1));
    slow.socket.resume();
    expect((await slow.closed).code).toBe(4413);
  }, 30_000);
});

describe("the end of a stream", () => {
  test("five minutes without a line and without a message: 4408; a line or a message counts [log.ws.idle-5min]", async () => {
    const [idle, talking] = [await stream.connect(), await stream.connect()];
    stream.clock.advance(limits.logStream.idleViewerMs - 30_000);
    talking.send({ type: "ping" });
    talking.send("mark");
    await talking.next("error");
    stream.clock.advance(30_000);
    stream.logStream.sweep();
    expect((await idle.closed).code).toBe(4408);
    expect(viewersNow()).toBe(1);
    stream.write(1);
    await talking.next("logs");
  });

  test("a session that expires mid-stream: 4401, at the latest with the next sweep", async () => {
    stream.access.set("session=bob", {
      name: "Bob",
      organizationIds: ["org_acme"],
      expiresAtMs: stream.clock.nowMs() + 45_000,
    });
    const viewer = await stream.connect({ cookie: "session=bob" });
    stream.clock.advance(44_000);
    stream.logStream.sweep();
    expect(viewersNow()).toBe(1);
    stream.clock.advance(1_000);
    stream.logStream.sweep();
    expect((await viewer.closed).code).toBe(4401);
  });

  test("a session that is ended elsewhere: 4401 within a minute; a membership that is lost: 4403", async () => {
    stream.access.set("session=bob", { name: "Bob", organizationIds: ["org_acme"], expiresAtMs: null });
    const [alice, bob] = [await stream.connect(), await stream.connect({ cookie: "session=bob" })];
    stream.access.delete("session=alice");
    stream.access.set("session=bob", { name: "Bob", organizationIds: [], expiresAtMs: null });
    stream.logStream.sweep();
    expect(viewersNow()).toBe(2);
    stream.clock.advance(limits.logStream.viewerRecheckMs);
    stream.logStream.sweep();
    expect((await alice.closed).code).toBe(4401);
    expect((await bob.closed).code).toBe(4403);
  });

  test("a recheck on request, and one after a change of the server, come at once", async () => {
    const viewer = await stream.connect();
    stream.access.set("session=alice", { name: "Alice", organizationIds: [], expiresAtMs: null });
    stream.logStream.recheck("org_other");
    expect(viewersNow()).toBe(1);
    stream.logStream.recheck("org_acme");
    expect((await viewer.closed).code).toBe(4403);
    stream.access.set("session=alice", { name: "Alice", organizationIds: ["org_acme"], expiresAtMs: null });
    const again = await stream.connect();
    stream.access.clear();
    stream.directory.put(serverEntry({ name: "Renamed" }));
    expect((await again.closed).code).toBe(4401);
  });

  test("a server that is deactivated or deleted: 4409", async () => {
    const one = await stream.connect();
    stream.directory.put(serverEntry({ status: "inactive" }));
    expect((await one.closed).code).toBe(4409);
    stream.directory.put(serverEntry());
    const two = await stream.connect();
    stream.directory.remove("srv_1");
    expect((await two.closed).code).toBe(4409);
  });

  test("a restart: 1012, and new viewers are refused with 503", async () => {
    const viewer = await stream.connect();
    stream.logStream.close();
    expect((await viewer.closed).code).toBe(1012);
    expect((await stream.refusal()).status).toBe(503);
  });

  test("a peer that answers no ping is cut off, and its slot is free", async () => {
    const dead = await stream.connect({ autoPong: false });
    const alive = await stream.connect();
    stream.clock.advance(limits.logStream.pingMs);
    stream.logStream.sweep();
    await once(alive.socket, "ping");
    alive.send("mark");
    await alive.next("error");
    stream.clock.advance(limits.logStream.pongMsMax);
    stream.logStream.sweep();
    expect((await dead.closed).code).toBe(1006);
    expect(viewersNow()).toBe(1);
  });
});

describe("what a viewer sends", () => {
  test("a frame over 4 KB ends the stream with 1009 and harms nobody else", async () => {
    const [bad, good] = [await stream.connect(), await stream.connect()];
    bad.send({ type: "filter", rev: 1, text: "x".repeat(limits.logStream.clientMessageBytesMax) });
    expect((await bad.closed).code).toBe(1009);
    stream.write(1);
    await good.next("logs");
  });

  test("more than ten messages in a second end the stream with 4428, pings included", async () => {
    const chatty = await stream.connect();
    for (let count = 0; count < 11; count++) chatty.send({ type: "ping" });
    expect((await chatty.closed).code).toBe(4428);
    const pinging = await stream.connect();
    for (let count = 0; count < 11; count++) pinging.socket.ping();
    expect((await pinging.closed).code).toBe(4428);
  });

  test("garbage is answered with an error frame and changes nothing", async () => {
    const viewer = await stream.connect();
    const garbage = [
      "",
      "null",
      "[]",
      '{"type":"resume"}',
      '{"type":"filter","rev":-1}',
      '{"type":"resume","epoch":"x","after":1e400}',
    ];
    for (const text of garbage) viewer.send(text);
    viewer.socket.send(Buffer.from([0, 1, 2]), { binary: true });
    await eventually(() =>
      expect(viewer.frames.filter((frame) => frame.type === "error")).toHaveLength(garbage.length + 1),
    );
    stream.write(1);
    await viewer.next("logs");
  });
});
