import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeId } from "#lib/kernel/ids.ts";
import { limits } from "#lib/kernel/limits.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { createHostingFixture, type HostingFixture, ids } from "./testing/hosting-fixture.ts";
import { TENANT } from "./testing/tenants.ts";

let host: HostingFixture;
beforeAll(() => {
  host = createHostingFixture();
});
afterAll(() => host.close());

/** A started server, whose lines until now are none. */
async function started() {
  const server = host.server(TENANT);
  await host.call(server);
  host.lines.length = 0;
  return server;
}

describe("console lines", () => {
  it("keep method, text, order, time and request, whichever console method wrote them", async () => {
    const server = await started();
    const requestId = ids.id("req");
    const before = Date.now();
    await host.call(server, "/methods", requestId);
    await eventually(() => expect(host.messages(server)).toContain("later"));
    expect(host.lines.map(({ method, message }) => [method, message])).toEqual([
      ["log", "log 1 { a: 1n, m: Map(1) { 'k' => 1 } }"],
      ["info", "info x 5"],
      ["warn", "warn"],
      [
        "error",
        expect.stringMatching(/^failed: TypeError: boom\n {4}at Object\.fetch \(main\.js:\d+:\d+\)$/),
      ],
      ["debug", "debug"],
      ["debug", expect.stringMatching(/^Trace: trace\n {4}at Object\.fetch \(main\.js:\d+:\d+\)$/)],
      ["log", "{ deep: { deeper: { deepest: [Array] } } }"],
      ["log", "[ { a: 1 } ]"],
      ["error", "Assertion failed: untrue"],
      ["log", "later"],
    ]);
    for (const line of host.lines) {
      expect(line).toMatchObject({
        serverId: server.id,
        versionId: server.version?.id,
        requestId: decodeId("req", requestId),
      });
      expect(line.timestampMs).toBeGreaterThanOrEqual(before - 1_000);
      expect(line.timestampMs).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  it("are in the sink one by one: none waits for the next", async () => {
    const server = await started();
    for (const said of [["said"], ["said", "said"]]) {
      await host.call(server, "/say");
      await eventually(() => expect(host.messages(server)).toEqual(said));
    }
  });

  it("written while the module loads are kept, with the time they arrived", async () => {
    const server = host.server(TENANT);
    const beforeMs = Date.now();
    await host.call(server);
    await eventually(() => expect(host.messages(server)).toEqual(["at module scope"]));
    const line = host.lines.find(({ serverId }) => serverId === server.id);
    expect(line).toMatchObject({ method: "info", requestId: null });
    expect(line?.timestampMs).toBeGreaterThanOrEqual(beforeMs);
    expect(line?.timestampMs).toBeLessThanOrEqual(Date.now());
  });

  it("include uncaught exceptions, with their stack", async () => {
    const server = await started();
    const requestId = ids.id("req");
    expect(await host.call(server, "/throw", requestId)).toMatchObject({ status: 500 });
    await eventually(() => expect(host.lines).toHaveLength(1));
    expect(host.lines[0]).toMatchObject({
      method: "error",
      message: expect.stringMatching(/^Uncaught TypeError: tenant bug\n {4}at Object\.fetch \(main\.js/),
      requestId: decodeId("req", requestId),
    });
  });

  it("never hold the caller's credentials", async () => {
    const server = await started();
    await host.call(server, "/methods");
    await eventually(() => expect(host.messages(server)).toContain("later"));
    expect(JSON.stringify(host.lines)).not.toContain("secret-of-the-caller");
  });

  it("cannot be put on a request that the runtime does not serve, and never on another server", async () => {
    const server = await started();
    const other = host.server(TENANT);
    const lease = await host.driver.lease(other, ids.id("req"));
    const foreign = ids.id("req");
    const foreignLease = await host.driver.lease(other, foreign);
    host.lines.length = 0;
    await host.call(server, `/forge?id=${foreign}`);
    await eventually(() => expect(host.messages(server)).toEqual(["said"]));
    expect(host.lines[0]).toMatchObject({ serverId: server.id, requestId: null });
    lease.end();
    foreignLease.end();
  });

  it("survive a collector that is sent garbage", async () => {
    const server = await started();
    const [directory = ""] = readdirSync(join(host.runDir, "rt"))
      .map((name) => join(host.runDir, "rt", name))
      .filter((path) => existsSync(join(path, "c")));
    const socket = connect(join(directory, "c"));
    const body = '{"lines":[null,1,{"kind":"log"},{"kind":"log","message":[{}]},{"kind":"?"}],"shed":"x"}';
    socket.write(`POST / HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    socket.write("POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\n{{{");
    let answered = "";
    socket.on("data", (chunk: Buffer) => {
      answered += chunk.toString();
    });
    await eventually(() => expect(answered).toMatch(/204[\s\S]*400/));
    socket.destroy();
    await host.call(server, "/say");
    await eventually(() => expect(host.messages(server)).toContain("said"));
  });
});

describe("a flood of lines", () => {
  it("of 100,000 is bounded and counted, while the edge keeps answering", async () => {
    const server = await started();
    const neighbour = host.server(TENANT, { NAME: "neighbour" });
    await host.call(neighbour);
    const flood = host.call(server, "/many");
    let answeredMeanwhile = 0;
    let isOver = false;
    void flood.then(() => {
      isOver = true;
    });
    while (!isOver) {
      expect((await host.call(neighbour)).text).toBe("neighbour");
      if (!isOver) answeredMeanwhile++;
    }
    expect(await flood).toMatchObject({ status: 200, text: "ok" });
    expect(answeredMeanwhile).toBeGreaterThan(0);
    const notKept = (): number =>
      host
        .messages(server)
        .map((message) => Number(/^(\d+) console lines were not kept/.exec(message)?.[1] ?? 0))
        .reduce((sum, count) => sum + count, 0);
    const kept = (): string[] => host.messages(server).filter((message) => message.startsWith("line "));
    await eventually(() => expect(kept().length + notKept()).toBeGreaterThanOrEqual(100_000));
    expect(kept().length + notKept()).toBeLessThanOrEqual(100_000 + limits.console.stdoutLinesKept);
    expect(new Set(kept()).size).toBe(kept().length);
    expect(kept().length).toBeGreaterThan(1_000);
    expect(host.driver.status(server.id).restarts).toBe(0);
    expect((await host.call(server, "/say")).text).toBe("ok");
  });

  it("in one line of 5 MB is cut inside the runtime, which says how long it was", async () => {
    const server = await started();
    await host.call(server, "/big");
    await eventually(() => expect(host.lines).toHaveLength(1));
    const [line] = host.lines;
    expect(line?.message).toHaveLength(limits.console.lineCharactersMax);
    expect(line?.charactersBeforeCut).toBe(5 * 1024 * 1024);
  });
});
