import type { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LogLevel, ServerFrame } from "#lib/contract/index.ts";
import { createIdSource } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { type FakeClock, fakeClock } from "#lib/testing/fake-clock.ts";
import type { ConsoleFact } from "./facts.ts";
import { type CanaryFinding, createLogHub } from "./log-hub.ts";

const { viewerBufferedBytesMax, viewerBlockedMsMax, errorsExemptPerSecondMax, batchEntriesMax } =
  limits.logStream;

/** A connection whose network takes bytes only when the test says so. */
class FakeTransport {
  readonly frames: ServerFrame[] = [];
  readonly buffers: Buffer[] = [];
  closed: number | null = null;
  #buffered = 0;
  isBlocked = false;

  bufferedBytes = (): number => this.#buffered;
  send = (frame: Buffer): void => {
    this.buffers.push(frame);
    this.frames.push(ServerFrame.parse(JSON.parse(frame.toString())));
    if (this.isBlocked) this.#buffered += frame.length;
  };
  close = (code: number): void => {
    this.closed = code;
  };
  drain(bytes = Number.POSITIVE_INFINITY): void {
    this.#buffered = Math.max(0, this.#buffered - bytes);
  }

  /** Checks that the frames follow each other, and answers what they account for. */
  account(after: number) {
    let last = after;
    let dropped = 0;
    const byLevel: Partial<Record<LogLevel, number>> = {};
    const seqs: number[] = [];
    for (const frame of this.frames) {
      if (frame.type !== "logs" && frame.type !== "dropped") continue;
      expect(frame.from).toBe(last + 1);
      last = frame.to;
      if (frame.type === "dropped") {
        expect(frame.count).toBeLessThanOrEqual(frame.to - frame.from + 1);
        dropped += frame.count;
        for (const [level, count] of Object.entries(frame.byLevel)) {
          byLevel[level as LogLevel] = (byLevel[level as LogLevel] ?? 0) + (count ?? 0);
        }
        continue;
      }
      expect(frame.entries.length).toBeLessThanOrEqual(batchEntriesMax);
      for (const { seq } of frame.entries) {
        expect(seq).toBeGreaterThanOrEqual(frame.from);
        expect(seq).toBeLessThanOrEqual(frame.to);
        seqs.push(seq);
      }
    }
    return { last, dropped, byLevel, seqs };
  }
}

function setUp(clock: FakeClock = fakeClock(), canary: () => CanaryFinding | undefined = () => undefined) {
  const hub = createLogHub({ clock, ids: createIdSource(clock.nowMs), canary });
  const write = (count: number, over: Partial<ConsoleFact> = {}): void => {
    for (let index = 0; index < count; index++) {
      const serverId = over.serverId ?? "srv_1";
      const { epoch, seq } = hub.nextPosition(serverId);
      hub.publish({
        id: "0199a7d0-1234-7abc-8def-001122334455",
        organizationId: "org_1",
        serverId,
        versionId: null,
        requestId: null,
        epoch,
        seq,
        timestampMs: clock.nowMs(),
        level: "info",
        method: "log",
        message: "m",
        truncated: false,
        bytes: over.message?.length ?? 1,
        retentionDays: 0,
        ...over,
      });
    }
  };
  const attach = (serverId = "srv_1") => {
    const transport = new FakeTransport();
    const { viewer, position } = hub.attach(serverId, transport);
    return { transport, viewer, head: position.head, advance: () => hub.advance(serverId, viewer) };
  };
  return { clock, hub, write, attach };
}

test("viewers that want the same get the very same bytes: a batch is serialised once", () => {
  const { write, attach } = setUp();
  const viewers = [attach(), attach(), attach()];
  const other = attach();
  other.viewer.setFilter({ rev: 1, text: "nothing like it" });
  write(500);
  const [first, ...others] = viewers.map(({ transport }) => transport.buffers);
  expect(first).toHaveLength(5);
  for (const buffers of others)
    expect(buffers.every((buffer, index) => buffer === first?.[index])).toBe(true);
  expect(other.transport.buffers).toEqual([]);
});

test("whatever a connection does, every line is sent or counted exactly once, and in order", () => {
  const level = fc.constantFrom<LogLevel>("debug", "info", "warn", "error");
  const step = fc.oneof(
    fc.record({ do: fc.constant("write" as const), count: fc.integer({ min: 1, max: 400 }), level }),
    fc.record({ do: fc.constant("block" as const) }),
    fc.record({ do: fc.constant("drain" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ do: fc.constant("unblock" as const) }),
    fc.record({ do: fc.constant("pause" as const) }),
    fc.record({ do: fc.constant("play" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, isFiltered) => {
      const { clock, hub, write, attach } = setUp();
      const written: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 };
      write(50);
      const { transport, viewer, head, advance } = attach();
      if (isFiltered) viewer.setFilter({ rev: 1, level: "info" });
      for (const action of steps) {
        if (action.do === "write") {
          write(action.count, { level: action.level, message: "x".repeat(4_000) });
          written[action.level] += action.count;
        } else if (action.do === "drain") transport.drain(action.share * 2 * viewerBufferedBytesMax);
        else if (action.do === "pause") viewer.pause();
        else if (action.do === "play") viewer.play();
        else transport.isBlocked = action.do === "block";
        clock.advance(100);
        advance();
      }
      transport.isBlocked = false;
      viewer.play();
      for (let turn = 0; turn < 40; turn++) {
        transport.drain();
        advance();
      }
      const { dropped, byLevel, seqs } = transport.account(head);
      const wanted = written.info + written.warn + written.error + (isFiltered ? 0 : written.debug);
      const gone = transport.frames
        .filter((frame) => frame.type === "dropped" && frame.reason === "no_longer_buffered")
        .reduce((sum, frame) => sum + (frame.type === "dropped" ? frame.count : 0), 0);
      if (gone === 0) {
        expect(seqs.length + dropped).toBe(wanted);
        expect(Object.values(byLevel).reduce((sum, count) => sum + count, 0)).toBe(dropped);
      } else if (!isFiltered) expect(seqs.length + dropped).toBe(wanted);
      expect(seqs).toEqual([...new Set(seqs)].sort((one, two) => one - two));
      hub.close();
    }),
    { numRuns: 60 },
  );
});

test("a slow viewer keeps getting errors, up to 200 a second; the others are counted by level", () => {
  const { clock, hub, write, attach } = setUp();
  const { transport, advance } = attach();
  transport.isBlocked = true;
  write(2_000, { message: "x".repeat(1_000) });
  advance();
  const sentBefore = transport.account(0).seqs.length;
  expect(sentBefore).toBeLessThan(2_000);
  for (let second = 0; second < 2; second++) {
    write(300, { level: "error" });
    write(100, { level: "debug" });
    advance();
    clock.advance(1_000);
  }
  transport.drain();
  advance();
  const { seqs, dropped, byLevel } = transport.account(0);
  expect(seqs.length - sentBefore).toBe(2 * errorsExemptPerSecondMax);
  expect(byLevel).toEqual({ info: 2_000 - sentBefore, debug: 200, error: 200 });
  expect(seqs.length + dropped).toBe(2_800);
  hub.close();
});

test("that lines were not kept is told under every filter, and to a slow viewer too", () => {
  const { hub, write, attach } = setUp();
  const [picky, slow] = [attach(), attach()];
  picky.viewer.setFilter({ rev: 1, level: "error", text: "refund", requestId: "none" });
  slow.transport.isBlocked = true;
  write(2_000, { message: "x".repeat(1_000) });
  slow.advance();
  write(1, { level: "warn", message: "40 console lines were not kept", lostLines: 40 });
  picky.advance();
  slow.advance();
  slow.transport.drain();
  slow.advance();
  for (const { transport } of [picky, slow]) {
    const entries = transport.frames.flatMap((frame) => (frame.type === "logs" ? frame.entries : []));
    expect(entries.flatMap(({ lostLines }) => lostLines ?? [])).toEqual([40]);
  }
  hub.close();
});

test("a connection that takes next to nothing for 15 seconds is closed with 4413; one that takes some is not", () => {
  const { clock, hub, write, attach } = setUp();
  const [stuck, slow] = [attach(), attach()];
  for (const { transport } of [stuck, slow]) transport.isBlocked = true;
  write(2_000, { message: "x".repeat(1_000) });
  for (let elapsedMs = 0; elapsedMs <= viewerBlockedMsMax; elapsedMs += 1_000) {
    slow.transport.drain(50_000);
    for (const { advance } of [stuck, slow]) advance();
    clock.advance(1_000);
  }
  for (const { advance } of [stuck, slow]) advance();
  expect([stuck.transport.closed, slow.transport.closed]).toEqual([4413, null]);
  hub.close();
});

test("a replay waits for the connection instead of filling memory", () => {
  const { hub, write, attach } = setUp();
  write(5_000, { message: "x".repeat(1_000) });
  const { transport, viewer, advance } = attach();
  const { epoch } = hub.position("srv_1") ?? { epoch: "" };
  transport.isBlocked = true;
  viewer.resume(epoch, 0);
  for (let turn = 0; turn < 20; turn++) advance();
  expect(transport.bufferedBytes()).toBeLessThan(viewerBufferedBytesMax);
  write(10);
  for (let turn = 0; turn < 200; turn++) {
    transport.drain(100_000);
    advance();
  }
  expect(transport.account(0)).toMatchObject({ last: 5_010, dropped: 0 });
  hub.close();
});

test("the lines of a burst reach a viewer although they come within one turn of the event loop", async () => {
  const { hub, write, attach } = setUp();
  const { transport } = attach();
  write(8_000, { message: "x".repeat(2_000) });
  await eventually(() => expect(transport.account(0).last).toBe(8_000));
  expect(transport.account(0)).toMatchObject({ dropped: 0 });
  hub.close();
});

test("rings are bounded together: silent ones go first, and come back as another epoch", () => {
  const { hub, write } = setUp();
  const message = "x".repeat(10_000);
  write(1, { serverId: "srv_first", message });
  const before = hub.position("srv_first")?.epoch;
  for (let server = 0; server < 60; server++) write(900, { serverId: `srv_${server}`, message });
  expect(hub.stats().ringBytes).toBeLessThanOrEqual(limits.logStream.ringsBytesMax);
  expect(hub.position("srv_first")).toBeNull();
  write(1, { serverId: "srv_first", message });
  expect(hub.position("srv_first")).toMatchObject({ head: 1 });
  expect(hub.position("srv_first")?.epoch).not.toBe(before);
  hub.close();
});

test("a viewer whose filter lets nothing through still learns how far it has seen", () => {
  const { hub, write } = setUp();
  const transport = new FakeTransport();
  const { viewer } = hub.attach("srv_1", transport);
  viewer.setFilter({ rev: 1, level: "error" });
  write(250);
  hub.advance("srv_1", viewer);
  expect(transport.frames).toEqual([]);
  hub.heartbeat();
  expect(transport.account(0)).toMatchObject({ last: 250, dropped: 0, seqs: [] });
  hub.heartbeat();
  expect(transport.frames.filter((frame) => frame.type === "logs")).toHaveLength(1);
  hub.close();
});

describe("a regular expression", () => {
  test("chooses lines, and every line is accounted for", () => {
    const { write, attach, hub } = setUp();
    const { viewer, transport, advance } = attach();
    viewer.setFilter({ rev: 1, regex: "refund_(order|item) .*5\\d\\d" });
    write(1, { message: "Tool: refund_order took 530 ms" });
    write(1, { message: "Tool: REFUND_ITEM answered 503" });
    write(1, { message: "Tool: list_orders took 530 ms" });
    advance();
    hub.heartbeat();
    expect(transport.account(0)).toMatchObject({ last: 3, dropped: 0, seqs: [1, 2] });
  });

  test("that cannot be read is told, and the filter stays what it was", () => {
    const { write, attach } = setUp();
    const { viewer, transport, advance } = attach();
    viewer.setFilter({ rev: 1, text: "kept" });
    viewer.setFilter({ rev: 2, regex: "(" });
    expect(transport.frames.at(-1)).toMatchObject({ type: "error", code: "invalid_filter" });
    write(100, { message: "kept" });
    write(100, { message: "other" });
    advance();
    expect(transport.account(0).seqs).toHaveLength(100);
    expect(transport.frames.filter((frame) => frame.type === "logs")).toMatchObject([{ filterRev: 1 }]);
  });

  test("that takes too long is taken away from its viewer, who is told; the stream goes on, and nobody else notices", () => {
    const clock = fakeClock();
    let isSlow = false;
    // While a pattern runs, time passes as it would.
    const costly: FakeClock = {
      ...clock,
      monotonicMs: () => {
        if (isSlow) clock.advance(3);
        return clock.monotonicMs();
      },
    };
    const { write, attach, hub } = setUp(costly);
    const [slow, other] = [attach(), attach()];
    slow.viewer.setFilter({ rev: 1, level: "info", regex: "(a|b)+c" });
    isSlow = true;
    for (let round = 0; round < 500; round++) {
      write(10, { message: "ab" });
      slow.advance();
    }
    isSlow = false;
    for (let turn = 0; turn < 20; turn++) slow.advance();
    const errors = slow.transport.frames.filter((frame) => frame.type === "error");
    expect(errors).toMatchObject([{ code: "filter_too_slow" }]);
    write(100, { message: "after" });
    write(1, { message: "debug", level: "debug" });
    slow.advance();
    other.advance();
    hub.heartbeat();
    const account = slow.transport.account(0);
    expect(account).toMatchObject({ last: 5_101, dropped: 0 });
    expect(account.seqs.at(-1)).toBe(5_100);
    expect(other.transport.account(0)).toMatchObject({ dropped: 0, last: 5_101 });
    expect(other.transport.account(0).seqs).toHaveLength(5_101);
  });
});

test("a heartbeat tells what the log canary found, once there is something", () => {
  let finding: CanaryFinding | undefined;
  const { attach, hub } = setUp(fakeClock(), () => finding);
  const { transport } = attach();
  hub.heartbeat();
  expect(transport.frames.at(-1)).not.toHaveProperty("canary");
  finding = { state: "late", lagMs: 3_000, at: 1_000 };
  hub.heartbeat();
  expect(transport.frames.at(-1)).toMatchObject({ type: "heartbeat", canary: finding });
});
