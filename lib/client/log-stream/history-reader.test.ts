import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { LogStreamSimulation } from "#lib/testing/log-stream-simulation.ts";
import { LogStreamStore } from "./log-stream-store.ts";
import type { GapRow, LogRow } from "./rows.ts";

const { historyLinesPerLoadMax, backfillLinesMax } = limits.viewer;

const rowsOf = (store: LogStreamStore): LogRow[] => {
  const { all } = store.getSnapshot().view;
  return Array.from({ length: all.count }, (_, index) => all.rowAt(index) as LogRow);
};
const messagesOf = (store: LogStreamStore): string[] =>
  rowsOf(store).flatMap((row) => (row.kind === "line" ? [row.entry.message] : []));
const gapsOf = (store: LogStreamStore): GapRow[] =>
  rowsOf(store).filter((row): row is GapRow => row.kind === "gap");
const upTo = (from: number, to: number): string[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => `${from + index}`);

async function connect(server: LogStreamSimulation): Promise<void> {
  for (let turn = 0; turn < 5 && !server.viewer?.isOpen; turn++)
    await server.pass(limits.viewer.reconnectDelayMsMax);
  server.viewer?.greet();
}

async function settle(server: LogStreamSimulation): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    server.viewer?.deliver(1_000);
    await server.pass(0);
  }
  server.paint();
}

const write = (server: LogStreamSimulation, from: number, to: number): void => {
  for (const message of upTo(from, to)) {
    server.nowMs += 1;
    server.write("info", message);
  }
};

/** A viewer that saw line 0, was away while lines 1 to `missed` and five more were written, and came back. */
async function withGap(missed: number): Promise<{ server: LogStreamSimulation; store: LogStreamStore }> {
  const server = new LogStreamSimulation(5);
  const store = new LogStreamStore(server.environment);
  store.start();
  await connect(server);
  write(server, 0, 0);
  await settle(server);
  server.viewer?.close(1006);
  write(server, 1, missed + 5);
  await connect(server);
  await settle(server);
  return { server, store };
}

async function loadGap(server: LogStreamSimulation, store: LogStreamStore): Promise<void> {
  const [gap] = gapsOf(store);
  if (gap) store.loadGap(gap);
  await settle(server);
}

describe("a gap", () => {
  it("gives its place to the stored lines, in order and once", async () => {
    const { server, store } = await withGap(7);
    expect(gapsOf(store)).toMatchObject([{ count: 7 }]);
    expect(store.getSnapshot().dropped).toBe(7);
    await loadGap(server, store);
    expect(messagesOf(store)).toEqual(upTo(0, 12));
    expect(gapsOf(store)).toEqual([]);
    expect(store.getSnapshot().dropped).toBe(0);
    store.resume();
    expect(messagesOf(store)).toEqual(upTo(0, 12));
    const numbers = rowsOf(store).map(({ n }) => n);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it("that is large is filled from its end, and says exactly how many lines are still missing", async () => {
    const missed = historyLinesPerLoadMax * 2 + 300;
    const { server, store } = await withGap(missed);
    await loadGap(server, store);
    expect(gapsOf(store)).toMatchObject([{ count: missed - historyLinesPerLoadMax }]);
    expect(messagesOf(store)).toEqual(["0", ...upTo(missed - historyLinesPerLoadMax + 1, missed + 5)]);
    await loadGap(server, store);
    expect(gapsOf(store)).toMatchObject([{ count: 300 }]);
    await loadGap(server, store);
    expect(gapsOf(store)).toEqual([]);
    expect(messagesOf(store)).toEqual(upTo(0, missed + 5));
  });

  it("of which not all is stored stays, with what is left", async () => {
    const { server, store } = await withGap(7);
    for (const seq of [3, 4, 8]) server.history.lost.add(`e1 ${seq}`);
    await loadGap(server, store);
    expect(messagesOf(store)).toEqual(["0", "1", "4", "5", "6", ...upTo(8, 12)]);
    expect(gapsOf(store)).toMatchObject([{ count: 3, history: { state: "absent" } }]);
    expect(store.getSnapshot().dropped).toBe(3);
  });

  it("says that nothing is stored where that is so, and does not ask", async () => {
    const { server, store } = await withGap(7);
    server.viewer?.close(1006);
    server.retentionDays = 0;
    await connect(server);
    await settle(server);
    await loadGap(server, store);
    expect(gapsOf(store)).toMatchObject([{ count: 7, history: { state: "absent" } }]);
    expect(server.history.queries).toEqual([]);
  });

  it("says why it could not be loaded, and can be tried again", async () => {
    const { server, store } = await withGap(7);
    server.history.failure = new Error("The database does not answer.");
    await loadGap(server, store);
    expect(gapsOf(store)).toMatchObject([
      { count: 7, history: { state: "failed", message: "The database does not answer." } },
    ]);
    server.history.failure = null;
    await loadGap(server, store);
    expect(messagesOf(store)).toEqual(upTo(0, 12));
  });

  it("before a restart of the stream brings what the old one still wrote, and marks where numbers begin anew", async () => {
    const server = new LogStreamSimulation(5);
    const store = new LogStreamStore(server.environment);
    store.start();
    await connect(server);
    write(server, 0, 2);
    await settle(server);
    server.viewer?.close(1006);
    write(server, 3, 4);
    server.restart();
    write(server, 5, 6);
    await connect(server);
    await settle(server);
    expect(gapsOf(store)).toMatchObject([{ count: null, reason: "epoch_changed" }]);
    await loadGap(server, store);
    expect(rowsOf(store).map((row) => (row.kind === "line" ? row.entry.message : row.kind))).toEqual([
      ...upTo(0, 4),
      "mark",
      ...upTo(5, 6),
    ]);
  });
});

describe("lines older than those held", () => {
  it("come page after page, once each, until the oldest; earlier lives of the log are marked", async () => {
    const server = new LogStreamSimulation(10_000);
    write(server, 1, 700);
    server.restart();
    write(server, 701, 3_000);
    const store = new LogStreamStore(server.environment);
    store.start();
    await connect(server);
    await settle(server);
    expect(messagesOf(store)).toEqual(upTo(3_000 - backfillLinesMax + 1, 3_000));
    store.loadOlder();
    await settle(server);
    const held = messagesOf(store);
    expect(held.length).toBeGreaterThanOrEqual(backfillLinesMax + historyLinesPerLoadMax - 1);
    expect(held).toEqual(upTo(3_000 - held.length + 1, 3_000));
    for (let turn = 0; turn < 4 && store.getSnapshot().older.state === "ready"; turn++) {
      store.loadOlder();
      await settle(server);
    }
    expect(store.getSnapshot().older.state).toBe("end");
    expect(messagesOf(store)).toEqual(upTo(1, 3_000));
    const marks = rowsOf(store).flatMap((row, index) => (row.kind === "mark" ? [[index, row.mark]] : []));
    expect(marks).toEqual([[700, "renumbered"]]);
    store.resume();
    write(server, 3_001, 3_002);
    await settle(server);
    expect(messagesOf(store)).toEqual(upTo(1, 3_002));
    const numbers = rowsOf(store).map(({ n }) => n);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it("can be loaded when the stream holds none", async () => {
    const server = new LogStreamSimulation(10);
    write(server, 1, 20);
    server.restart();
    const store = new LogStreamStore(server.environment);
    store.start();
    await connect(server);
    await settle(server);
    expect(messagesOf(store)).toEqual([]);
    store.loadOlder();
    await settle(server);
    expect(messagesOf(store)).toEqual(upTo(1, 20));
    store.resume();
    write(server, 21, 22);
    await settle(server);
    expect(messagesOf(store)).toEqual(upTo(1, 22));
  });

  it("take the place of errors that outlived the buffer, and of the remark that lines left it", async () => {
    const server = new LogStreamSimulation(limits.logStream.ringEntriesMax);
    const store = new LogStreamStore(server.environment);
    store.start();
    await connect(server);
    server.write("error", "0");
    for (let line = 1; line <= limits.viewer.ringLinesMax + 300; line++) {
      server.nowMs += 1;
      server.write("info", `${line}`);
      if (line % 1_000 === 0) server.viewer?.deliver(1_001);
    }
    await settle(server);
    expect(messagesOf(store).slice(0, 2)).toEqual(["0", "301"]);
    store.loadOlder();
    await settle(server);
    expect(store.getSnapshot().older.state).toBe("end");
    expect(messagesOf(store)).toEqual(upTo(0, limits.viewer.ringLinesMax + 300));
  });

  it("are not offered where nothing is stored", async () => {
    const server = new LogStreamSimulation(10);
    server.retentionDays = 0;
    const store = new LogStreamStore(server.environment);
    store.start();
    await connect(server);
    write(server, 1, 2);
    await settle(server);
    expect(store.getSnapshot().older.state).toBe("none");
    store.loadOlder();
    await settle(server);
    expect(server.history.queries).toEqual([]);
  });
});

describe("a link to a line", () => {
  async function opened(line: { epoch: string; seq: number }, ring = 10_000) {
    const server = new LogStreamSimulation(ring);
    write(server, 1, 600);
    const store = new LogStreamStore(server.environment, { line: { ...line, timestampMs: 1_000_000 } });
    store.start();
    await server.pass(0);
    server.viewer?.greet();
    await settle(server);
    return { server, store };
  }
  const litOf = (store: LogStreamStore): string | null => {
    const { lit } = store.getSnapshot();
    const row = rowsOf(store).find(({ n }) => n === lit);
    return row?.kind === "line" ? row.entry.message : null;
  };

  it("that the stream still holds lights it up there, standing still", async () => {
    const { store } = await opened({ epoch: "e1", seq: 300 });
    expect(store.getSnapshot()).toMatchObject({ linked: { state: "shown" }, paused: { reason: "linked" } });
    expect(litOf(store)).toBe("300");
    expect(messagesOf(store)).toEqual(upTo(1, 600));
  });

  it("that only the history holds shows it among its neighbours; older ones can be loaded, and the log goes live again", async () => {
    const { server, store } = await opened({ epoch: "e1", seq: 300 }, 50);
    const { contextLines } = limits.viewer;
    expect(litOf(store)).toBe("300");
    expect(messagesOf(store)).toEqual(upTo(300 - contextLines, 300 + contextLines));
    expect(rowsOf(store).at(-1)).toMatchObject({ kind: "mark", mark: "newer" });
    write(server, 601, 603);
    await settle(server);
    expect(store.getSnapshot().paused).toMatchObject({ reason: "linked", newLines: 3 });
    expect(messagesOf(store)).toHaveLength(2 * contextLines + 1);
    store.loadOlder();
    await settle(server);
    expect(messagesOf(store)).toEqual(upTo(1, 300 + contextLines));
    expect(litOf(store)).toBe("300");
    store.resume();
    expect(store.getSnapshot()).toMatchObject({ paused: null, linked: null, lit: null });
    expect(messagesOf(store)).toEqual(upTo(551, 603));
  });

  it("that is not stored says so, and shows the live log", async () => {
    const { store } = await opened({ epoch: "e0", seq: 300 });
    expect(store.getSnapshot()).toMatchObject({ linked: { state: "missing" }, lit: null, paused: null });
    expect(messagesOf(store)).toEqual(upTo(1, 600));
  });
});

describe("show in context", () => {
  it("lifts the filter and keeps the line lit among the neighbours that come back", async () => {
    const server = new LogStreamSimulation(100);
    const store = new LogStreamStore(server.environment, { filter: { level: "error" } });
    store.start();
    await connect(server);
    write(server, 1, 3);
    server.write("error", "4");
    write(server, 5, 6);
    await settle(server);
    expect(messagesOf(store)).toEqual(["4"]);
    const [row] = rowsOf(store);
    if (row?.kind !== "line") throw new Error("no line");
    store.showInContext(row);
    await server.pass(1_000);
    await settle(server);
    expect(messagesOf(store)).toEqual(upTo(1, 6));
    const { lit, paused } = store.getSnapshot();
    expect(paused).not.toBeNull();
    expect(rowsOf(store).find(({ n }) => n === lit)).toMatchObject({ entry: { message: "4" } });
  });
});

describe("whatever is lost and loaded", () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant("write" as const), lines: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 3, arbitrary: fc.constant({ do: "deliver" as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("drop" as const), lines: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 2, arbitrary: fc.constant({ do: "kill" as const }) },
    { weight: 2, arbitrary: fc.constant({ do: "load" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "older" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "resume" as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("filter" as const),
        level: fc.constantFrom("error" as const, "debug" as const),
      }),
    },
  );

  it("every line ever written can be brought back, in order and once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.integer({ min: 2, max: 12 }),
        async (steps, ring) => {
          const server = new LogStreamSimulation(ring);
          const store = new LogStreamStore(server.environment);
          store.start();
          await connect(server);
          let written = 0;
          for (const one of steps) {
            if (one.do === "write") {
              for (let line = 0; line < one.lines; line++) {
                server.nowMs += 1;
                server.write(written % 3 === 0 ? "error" : "info", `${++written}`);
              }
            } else if (one.do === "deliver") server.viewer?.deliver(4);
            else if (one.do === "drop") server.viewer?.drop(one.lines);
            else if (one.do === "kill") {
              server.viewer?.close(1006);
              await connect(server);
            } else if (one.do === "load") await loadGap(server, store);
            else if (one.do === "older") store.loadOlder();
            else if (one.do === "resume") store.resume();
            else store.setFilter({ level: one.level });
            server.paint();
          }
          store.setFilter({});
          await server.pass(1_000);
          await connect(server);
          await settle(server);
          store.resume();
          for (let turn = 0; turn < 20 && gapsOf(store).length > 0; turn++) await loadGap(server, store);
          for (let turn = 0; turn < 5 && store.getSnapshot().older.state === "ready"; turn++) {
            store.loadOlder();
            await settle(server);
          }
          expect(gapsOf(store)).toEqual([]);
          expect(messagesOf(store)).toEqual(upTo(1, written));
          expect(store.getSnapshot().dropped).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
