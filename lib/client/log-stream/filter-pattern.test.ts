import { describe, expect, it } from "vitest";
import { limits } from "#lib/kernel/limits.ts";
import { compileLinePattern, isPatternProblem, type LinePattern } from "#lib/kernel/line-pattern.ts";
import { LogStreamSimulation } from "#lib/testing/log-stream-simulation.ts";
import { LogStreamStore } from "./log-stream-store.ts";

const messagesOf = (store: LogStreamStore): string[] => {
  const { all } = store.getSnapshot().view;
  return Array.from({ length: all.count }, (_, index) => all.rowAt(index)).flatMap((row) =>
    row?.kind === "line" ? [row.entry.message] : [],
  );
};
const pattern = (source: string): LinePattern => {
  const compiled = compileLinePattern(source);
  if (isPatternProblem(compiled)) throw new Error(compiled.problem);
  return compiled;
};

async function connected() {
  const server = new LogStreamSimulation(100);
  const store = new LogStreamStore(server.environment);
  store.start();
  await server.pass(0);
  server.viewer?.greet();
  for (const message of ["order 1", "order 22", "invoice 3"]) server.write("info", message);
  const settle = async (): Promise<void> => {
    await server.pass(1_000);
    server.viewer?.deliver(1_000);
    server.paint();
  };
  await settle();
  return { server, store, settle };
}

describe("a filter by regular expression", () => {
  it("chooses among the lines held at once, and at the server from then on", async () => {
    const { server, store, settle } = await connected();
    store.setFilter({ pattern: pattern("ORDER \\d$") });
    expect(messagesOf(store)).toEqual(["order 1"]);
    await settle();
    expect(server.received).toContainEqual({ type: "filter", rev: 1, regex: "ORDER \\d$" });
    server.write("info", "order 4");
    server.write("info", "order 55");
    await settle();
    expect(messagesOf(store)).toEqual(["order 1", "order 4"]);
    store.setFilter({});
    await settle();
    expect(messagesOf(store)).toEqual(["order 1", "order 22", "invoice 3", "order 4", "order 55"]);
  });

  it("that the server takes away goes here too, with its words, and every line comes back", async () => {
    const { server, store, settle } = await connected();
    store.setFilter({ level: "info", pattern: pattern("order") });
    await settle();
    server.viewer?.send({ type: "error", code: "filter_too_slow", message: "It took too long." });
    await settle();
    await settle();
    expect(store.getSnapshot()).toMatchObject({
      filter: { level: "info" },
      filterProblem: "It took too long.",
    });
    expect(store.getSnapshot().filter).not.toHaveProperty("pattern");
    expect(messagesOf(store)).toEqual(["order 1", "order 22", "invoice 3"]);
    store.setFilter({ text: "invoice" });
    expect(store.getSnapshot().filterProblem).toBeNull();
  });

  it("that takes too long in the page is taken away, and the page goes on", async () => {
    const { server, store, settle } = await connected();
    let looked = 0;
    const slow: LinePattern = {
      source: "slow",
      matches: () => {
        looked += 1;
        server.nowMs += limits.viewer.patternBurstMs;
        return true;
      },
    };
    store.setFilter({ pattern: slow });
    expect(store.getSnapshot().filterProblem).toContain("too long");
    expect(looked).toBeLessThanOrEqual(2);
    await settle();
    expect(messagesOf(store)).toEqual(["order 1", "order 22", "invoice 3"]);
  });
});
