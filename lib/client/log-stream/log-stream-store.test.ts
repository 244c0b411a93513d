import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { LogStreamSimulation } from "#lib/testing/log-stream-simulation.ts";
import { entryMatcher, type LogFilter, NO_FILTER } from "./filter.ts";
import { LogStreamStore } from "./log-stream-store.ts";
import type { LogRow } from "./rows.ts";
import type { ViewerSnapshot } from "./viewer-snapshot.ts";

const rowsOf = ({ view }: ViewerSnapshot): LogRow[] =>
  Array.from({ length: view.count }, (_, index) => view.rowAt(index) as LogRow);
const messagesOf = (snapshot: ViewerSnapshot): string[] =>
  rowsOf(snapshot).flatMap((row) => (row.kind === "line" ? [row.entry.message] : []));

async function connected(
  ringLinesMax = 100,
): Promise<{ server: LogStreamSimulation; store: LogStreamStore }> {
  const server = new LogStreamSimulation(ringLinesMax);
  const store = new LogStreamStore(server.environment);
  store.start();
  await connect(server);
  return { server, store };
}

async function connect(server: LogStreamSimulation): Promise<void> {
  for (let turn = 0; turn < 5 && !server.viewer?.isOpen; turn++)
    await server.pass(limits.viewer.reconnectDelayMsMax);
  server.viewer?.greet();
}

function catchUp(server: LogStreamSimulation): void {
  for (let turn = 0; turn < 50; turn++) server.viewer?.deliver(1_000);
  server.paint();
}

describe("what a viewer shows", () => {
  it("opens with the newest lines of the ring and marks where live begins", async () => {
    const server = new LogStreamSimulation(100);
    for (let line = 1; line <= 3; line++) server.write("info", `old ${line}`);
    const store = new LogStreamStore(server.environment);
    store.start();
    await connect(server);
    catchUp(server);
    server.write("info", "new");
    catchUp(server);
    expect(
      rowsOf(store.getSnapshot()).map((row) => (row.kind === "line" ? row.entry.message : row.kind)),
    ).toEqual(["old 1", "old 2", "old 3", "mark", "new"]);
  });

  it("paints at most once per frame, however many messages arrive", async () => {
    const { server, store } = await connected();
    let notifications = 0;
    store.subscribe(() => notifications++);
    for (let line = 0; line < 50; line++) {
      server.write("info", `${line}`);
      server.viewer?.deliver(1);
    }
    expect(notifications).toBe(0);
    server.paint();
    expect(notifications).toBe(1);
    expect(messagesOf(store.getSnapshot())).toHaveLength(50);
  });

  it("resumes after a lost connection without losing or repeating a line", async () => {
    const { server, store } = await connected();
    server.write("info", "1");
    server.viewer?.deliver(10);
    server.viewer?.close(1006);
    server.write("info", "2");
    await connect(server);
    server.write("info", "3");
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toEqual(["1", "2", "3"]);
    expect(store.getSnapshot().dropped).toBe(0);
  });

  it("says exactly how many lines are gone when the ring has moved on", async () => {
    const { server, store } = await connected(5);
    server.write("info", "0");
    server.viewer?.deliver(10);
    server.viewer?.close(1006);
    for (let line = 1; line <= 12; line++) server.write("info", `${line}`);
    await connect(server);
    catchUp(server);
    const gap = rowsOf(store.getSnapshot()).find((row) => row.kind === "gap");
    expect(gap).toMatchObject({ count: 7, reason: "no_longer_buffered" });
    expect(messagesOf(store.getSnapshot())).toEqual(["0", "8", "9", "10", "11", "12"]);
  });

  it("does not pretend to know what a restarted server forgot", async () => {
    const { server, store } = await connected();
    server.write("info", "before");
    catchUp(server);
    server.restart();
    server.write("info", "after");
    await connect(server);
    catchUp(server);
    const rows = rowsOf(store.getSnapshot());
    expect(rows[1]).toMatchObject({ kind: "gap", count: null, reason: "epoch_changed" });
    expect(messagesOf(store.getSnapshot())).toEqual(["before", "after"]);
  });

  it("shows a hole that the server never explains", async () => {
    const { server, store } = await connected();
    const { viewer } = server;
    viewer?.send({
      type: "logs",
      epoch: "e1",
      from: 5,
      to: 5,
      filterRev: 0,
      entries: [{ timestamp: 1, level: "info", message: "five", seq: 5 }],
    });
    viewer?.heartbeat();
    viewer?.heartbeat();
    server.paint();
    expect(rowsOf(store.getSnapshot())[0]).toMatchObject({ kind: "gap", count: 4, reason: "unexplained" });
    expect(messagesOf(store.getSnapshot())).toEqual(["five"]);
  });

  it("treats a connection that falls silent as lost", async () => {
    const { server, store } = await connected();
    await server.pass(limits.viewer.silenceMsMax);
    expect(store.getSnapshot().connection).toMatchObject({ phase: "waiting", cause: "lost" });
  });
});

describe("pausing", () => {
  it("moves nothing while paused, even when the ring is full, and counts exactly", async () => {
    const { server, store } = await connected(limits.logStream.ringEntriesMax);
    server.write("info", "first");
    catchUp(server);
    store.pause("scroll");
    const before = rowsOf(store.getSnapshot());
    const flood = limits.viewer.ringLinesMax + 500;
    for (let line = 0; line < flood; line++) {
      server.write(line % 100 === 0 ? "error" : "info", `${line}`);
      if (line % 1_000 === 999) server.viewer?.deliver(1_000);
    }
    catchUp(server);
    const { paused, view } = store.getSnapshot();
    expect(rowsOf(store.getSnapshot())).toEqual(before);
    expect(view.isFrozen).toBe(true);
    expect(paused).toMatchObject({ newLines: flood, newErrors: flood / 100 });
    store.resume();
    expect(store.getSnapshot().paused).toBeNull();
    expect(messagesOf(store.getSnapshot()).at(-1)).toBe(`${flood - 1}`);
  });

  it("keeps errors that a flood pushed out of the ring", async () => {
    const { server, store } = await connected(limits.logStream.ringEntriesMax);
    server.write("error", "the cause");
    for (let line = 0; line < limits.viewer.ringLinesMax + 10; line++) {
      server.write("info", `${line}`);
      if (line % 1_000 === 999) server.viewer?.deliver(1_001);
    }
    catchUp(server);
    const rows = rowsOf(store.getSnapshot());
    expect(messagesOf(store.getSnapshot())[0]).toBe("the cause");
    expect(rows[1]).toMatchObject({ kind: "mark", mark: "trimmed", count: 10 });
  });
});

describe("lines that were not kept", () => {
  it("are counted as dropped, once, and told under every filter", async () => {
    const { server, store } = await connected(1_000);
    await server.pass(1_000);
    store.setFilter({ level: "error", text: "refund" });
    server.write("info", "out of sight");
    server.write("warn", "40 console lines were not kept", undefined, 40);
    server.write("error", "refund failed");
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toEqual(["40 console lines were not kept", "refund failed"]);
    expect(store.getSnapshot().dropped).toBe(40);
    await server.pass(1_000);
    store.setFilter(NO_FILTER);
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toContain("out of sight");
    expect(store.getSnapshot().dropped).toBe(40);
  });
});

describe("filtering", () => {
  it("tells the server, ignores late lines of the old filter, and brings back what a wider filter wants", async () => {
    const { server, store } = await connected();
    server.write("info", "a");
    server.write("error", "b");
    catchUp(server);
    store.setFilter({ level: "error" });
    expect(messagesOf(store.getSnapshot())).toEqual(["b"]);
    server.write("info", "c");
    server.write("error", "d");
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toEqual(["b", "d"]);
    store.setFilter(NO_FILTER);
    await server.pass(1_000);
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toEqual(["a", "b", "c", "d"]);
  });

  it("takes lines that come again for what they are when the list comes to a stand before they have come", async () => {
    const { server, store } = await connected(1_000);
    await server.pass(1_000);
    store.setFilter({ text: "wanted" });
    for (let line = 0; line < 200; line++) server.write("info", `other ${line}`);
    server.write("info", "wanted");
    catchUp(server);
    await server.pass(1_000);
    expect(messagesOf(store.getSnapshot())).toEqual(["wanted"]);
    store.setFilter(NO_FILTER);
    store.pause("find");
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toHaveLength(201);
    expect(store.getSnapshot().paused).toMatchObject({ newLines: 0 });
    server.write("info", "new");
    catchUp(server);
    expect(messagesOf(store.getSnapshot())).toHaveLength(201);
    expect(store.getSnapshot().paused).toMatchObject({ newLines: 1 });
  });

  it("keeps filtered lines in view that the server can no longer send with their neighbours", async () => {
    const { server, store } = await connected(3);
    store.setFilter({ level: "error" });
    await server.pass(1_000);
    server.write("error", "kept");
    for (let line = 0; line < 5; line++) server.write("info", `${line}`);
    server.viewer?.send({
      type: "logs",
      epoch: "e1",
      from: 1,
      to: 6,
      filterRev: 1,
      entries: [{ timestamp: 1, level: "error", message: "kept", seq: 1 }],
    });
    store.setFilter(NO_FILTER);
    await server.pass(1_000);
    catchUp(server);
    const rows = rowsOf(store.getSnapshot());
    expect(rows[0]).toMatchObject({ kind: "gap", count: 2 });
    expect(messagesOf(store.getSnapshot())).toEqual(["kept", "2", "3", "4"]);
  });
});

describe("finding", () => {
  it("pauses, counts lines with a match, starts at the newest and wraps around", async () => {
    const { server, store } = await connected();
    for (const message of ["refund 1", "other", "Refund 2"]) server.write("info", message);
    catchUp(server);
    store.setFind({ text: "refund", isRegex: false }, Number.MAX_SAFE_INTEGER);
    expect(store.getSnapshot().paused?.reason).toBe("find");
    expect(store.getSnapshot().find).toMatchObject({ total: 2, position: 2 });
    store.moveFind(1, 0);
    expect(store.getSnapshot().find.position).toBe(1);
    expect(store.matchRanges(store.getSnapshot().find.current ?? -1)).toEqual([0, 6]);
  });

  it("searches with a regular expression outside of the page's thread", async () => {
    const { server, store } = await connected();
    for (const message of ["status 200", "status 503"]) server.write("info", message);
    catchUp(server);
    store.setFind({ text: "5\\d\\d", isRegex: true }, Number.MAX_SAFE_INTEGER);
    await server.pass(0);
    server.paint();
    expect(store.getSnapshot().find).toMatchObject({ total: 1, position: 1, isSearching: false });
  });

  it("says that a pattern is not one", async () => {
    const { server, store } = await connected();
    server.write("info", "x");
    catchUp(server);
    store.setFind({ text: "(", isRegex: true }, 0);
    await server.pass(0);
    server.paint();
    expect(store.getSnapshot().find.problem).toBe("invalid_pattern");
  });
});

describe("whatever happens to the connection", () => {
  const levels = fc.constantFrom("debug" as const, "info" as const, "warn" as const, "error" as const);
  const filters = fc.constantFrom<LogFilter>(
    NO_FILTER,
    { level: "warn" },
    { level: "error" },
    { text: "1" },
    { level: "info", text: "2" },
  );
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), level: levels }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("deliver" as const), lines: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("drop" as const), lines: fc.integer({ min: 1, max: 3 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("kill" as const), code: fc.constantFrom(1006, 1012, 4413) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("connect" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("filter" as const), filter: filters }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("paint" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("pause" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("resume" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("replay" as const) }) },
  );

  it("shows the lines sent, in order, once, minus exactly the declared gaps", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 80 }),
        fc.integer({ min: 2, max: 12 }),
        async (actions, ring) => {
          const server = new LogStreamSimulation(ring);
          const store = new LogStreamStore(server.environment);
          store.start();
          await connect(server);
          for (const [index, step] of actions.entries()) {
            if (step.do === "write") server.write(step.level, `line ${index}`);
            else if (step.do === "deliver") server.viewer?.deliver(step.lines);
            else if (step.do === "drop") server.viewer?.drop(step.lines);
            else if (step.do === "kill") server.viewer?.close(step.code);
            else if (step.do === "restart") server.restart();
            else if (step.do === "connect") await connect(server);
            else if (step.do === "filter") store.setFilter(step.filter);
            else if (step.do === "paint") server.paint();
            else if (step.do === "pause") store.pause("asked");
            else if (step.do === "resume") store.resume();
            // A server may send again what was sent before.
            else if (server.viewer?.isOpen) replay(server);
          }
          await connect(server);
          await server.pass(1_000);
          catchUp(server);
          store.resume();
          const { filter } = store.getSnapshot();
          expectHonest(rowsOf(store.getSnapshot()), server, entryMatcher(filter));
        },
      ),
      { numRuns: 500 },
    );
  });
});

function replay(server: LogStreamSimulation): void {
  const { epoch, ring } = server;
  const [first] = ring;
  const last = ring.at(-1);
  if (!first || !last) return;
  server.viewer?.send({
    type: "logs",
    epoch,
    from: first.seq,
    to: last.seq,
    filterRev: 0,
    entries: [...ring],
  });
}

/** Every line written stands in the list at its place, or a gap stands there that counts it. */
function expectHonest(
  rows: readonly LogRow[],
  server: LogStreamSimulation,
  matches: (entry: (typeof server.written)[number]["entry"]) => boolean,
): void {
  const shown = rows.flatMap((row) => (row.kind === "line" ? [row.entry] : []));
  const order = new Map(server.written.map(({ entry }, index) => [entry.message, index]));
  const positions = shown.map((entry) => order.get(entry.message) ?? -1);
  expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
  expect(positions).not.toContain(-1);
  expect(shown.every((entry) => matches(entry))).toBe(true);
  // Within the newest epoch the sum is exact; what an older epoch lost is declared as unknown.
  const newest = server.written.filter(({ epoch, entry }) => epoch === server.epoch && matches(entry));
  const boundary = rows.findLastIndex((row) => row.kind === "gap" && row.reason === "epoch_changed");
  const current = rows.slice(boundary + 1);
  const missing = current.reduce((sum, row) => sum + (row.kind === "gap" ? (row.count ?? 0) : 0), 0);
  const present = current.filter((row) => row.kind === "line").length;
  const names = new Set(shown.map((entry) => entry.message));
  const lost = newest.filter(({ entry }) => !names.has(entry.message)).length;
  expect(present).toBe(newest.length - lost);
  // The server counts dropped lines before it filters, so under a filter the count is an upper bound.
  expect(lost).toBeLessThanOrEqual(missing);
  const all = server.written.filter(({ epoch }) => epoch === server.epoch).length;
  if (newest.length === all && !server.received.some((frame) => frame.type === "filter")) {
    expect(lost).toBe(missing);
  }
}
