import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { LogStreamSimulation } from "#lib/testing/log-stream-simulation.ts";
import { LogStreamStore } from "./log-stream-store.ts";
import type { LogRow } from "./rows.ts";

const rowsOf = (store: LogStreamStore): LogRow[] => {
  const { all } = store.getSnapshot().view;
  return Array.from({ length: all.count }, (_, index) => all.rowAt(index) as LogRow);
};
const messagesOf = (store: LogStreamStore): string[] =>
  rowsOf(store).flatMap((row) => (row.kind === "line" ? [row.entry.message] : []));

/** Two servers in one viewer, whose clock is that of the first. */
class TwoServers {
  readonly one = new LogStreamSimulation(50);
  readonly two = new LogStreamSimulation(50);
  readonly store = new LogStreamStore(this.one.environment, { others: [this.two.environment] });

  async connect(): Promise<void> {
    this.store.start();
    await this.pass(0);
    this.one.viewer?.greet();
    this.two.viewer?.greet();
  }

  async pass(ms: number): Promise<void> {
    await this.one.pass(ms);
    this.two.nowMs = this.one.nowMs - ms;
    await this.two.pass(ms);
  }

  async deliver(): Promise<void> {
    for (const server of [this.one, this.two]) server.viewer?.deliver(1_000);
    this.one.paint();
    await this.pass(limits.viewer.mergeWindowMs);
    this.one.paint();
  }
}

describe("several servers in one view", () => {
  it("stand in the order of their times, each line with its server", async () => {
    const both = new TwoServers();
    await both.connect();
    for (let line = 0; line < 10; line++) {
      await both.pass(5);
      (line % 3 === 0 ? both.two : both.one).write("info", `${line}`);
    }
    both.one.viewer?.deliver(100);
    both.one.paint();
    await both.pass(limits.viewer.mergeWindowMs / 2);
    await both.deliver();
    expect(messagesOf(both.store)).toEqual(Array.from({ length: 10 }, (_, line) => `${line}`));
    expect(rowsOf(both.store).map((row) => (row.kind === "line" ? row.source : null))).toEqual(
      Array.from({ length: 10 }, (_, line) => (line % 3 === 0 ? 1 : 0)),
    );
  });

  it("wait no longer for each other than the window, and a late line still comes", async () => {
    const both = new TwoServers();
    await both.connect();
    both.two.write("info", "early but late");
    await both.pass(5);
    both.one.write("info", "first");
    both.one.viewer?.deliver(10);
    both.one.paint();
    expect(messagesOf(both.store)).toEqual([]);
    await both.pass(limits.viewer.mergeWindowMs);
    both.one.paint();
    expect(messagesOf(both.store)).toEqual(["first"]);
    await both.deliver();
    expect(messagesOf(both.store)).toEqual(["first", "early but late"]);
  });

  it("share one filter, and get back what a wider one wants", async () => {
    const both = new TwoServers();
    await both.connect();
    both.one.write("error", "a");
    both.two.write("info", "b");
    await both.deliver();
    both.store.setFilter({ level: "error" });
    await both.pass(1_000);
    await both.deliver();
    expect(messagesOf(both.store)).toEqual(["a"]);
    expect(both.two.received.at(-2)).toMatchObject({ type: "filter", level: "error" });
    both.two.write("info", "c");
    await both.deliver();
    both.store.setFilter({});
    await both.pass(1_000);
    await both.deliver();
    expect(messagesOf(both.store)).toEqual(["a", "b", "c"]);
  });

  it("keep a state of their own: one that is lost or refused does not stop the other, and its gap is its own", async () => {
    const both = new TwoServers();
    await both.connect();
    both.two.write("info", "before");
    await both.deliver();
    both.two.viewer?.close(1006);
    for (let line = 0; line < 60; line++) both.two.write("info", `missed ${line}`);
    both.one.write("info", "still live");
    await both.deliver();
    const { sources, connection } = both.store.getSnapshot();
    expect(sources.map((source) => source.connection.phase === "live")).toEqual([true, false]);
    expect(connection.phase).toBe("live");
    expect(messagesOf(both.store)).toEqual(["before", "still live"]);
    await both.pass(limits.viewer.reconnectDelayMsMax);
    both.two.viewer?.greet();
    await both.deliver();
    const gap = rowsOf(both.store).find((row) => row.kind === "gap");
    expect(gap).toMatchObject({ source: 1, count: 10 });
    expect(both.store.getSnapshot().sources.map(({ dropped }) => dropped)).toEqual([0, 10]);
    if (gap?.kind !== "gap") throw new Error("no gap");
    both.store.loadGap(gap);
    await both.deliver();
    expect(rowsOf(both.store).some((row) => row.kind === "gap")).toBe(false);
    expect(messagesOf(both.store).filter((message) => message.startsWith("missed"))).toEqual(
      Array.from({ length: 60 }, (_, line) => `missed ${line}`),
    );
    expect(both.store.getSnapshot().dropped).toBe(0);
    both.two.viewer?.close(4429);
    await both.pass(0);
    expect(both.store.getSnapshot().sources[1]?.connection).toMatchObject({
      phase: "refused",
      reason: "full",
    });
    both.one.write("info", "on");
    await both.deliver();
    both.store.resume();
    expect(messagesOf(both.store).at(-1)).toBe("on");
  });

  it("never opens more connections than one view may", () => {
    const many = Array.from(
      { length: limits.viewer.mergedServersMax + 5 },
      () => new LogStreamSimulation(5).environment,
    );
    const store = new LogStreamStore(new LogStreamSimulation(5).environment, { others: many });
    expect(store.getSnapshot().sources).toHaveLength(limits.viewer.mergedServersMax);
  });
});
