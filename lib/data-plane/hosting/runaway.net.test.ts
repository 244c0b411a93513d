import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeId } from "#lib/kernel/ids.ts";
import { eventually } from "#lib/testing/eventually.ts";
import { createHostingFixture, type HostingFixture, ids } from "./testing/hosting-fixture.ts";
import { TENANT } from "./testing/tenants.ts";

let host: HostingFixture;
beforeAll(() => {
  host = createHostingFixture({
    limits: { cpuMsMax: 600, residentMiBMax: 300, dataMiBMax: 600, heapMiBMax: 64, readyTimeoutMs: 1_500 },
  });
});
afterAll(() => host.close());

describe("a server that never pauses", () => {
  it("is stopped after its CPU time, its calls learn why, its neighbour does not notice, and it comes back", async () => {
    const server = host.server(TENANT, { NAME: "looping" });
    const neighbour = host.server(TENANT, { NAME: "neighbour" });
    await Promise.all([host.call(server), host.call(neighbour)]);
    const requestId = ids.id("req");
    const loop = host.call(server, "/loop", requestId);
    const queued = host.call(server);
    let isLooping = true;
    void loop.then(() => {
      isLooping = false;
    });
    expect(await host.call(neighbour)).toMatchObject({ status: 200, text: "neighbour" });
    expect(isLooping, "the neighbour answers while the other loops").toBe(true);
    expect(await loop).toMatchObject({
      status: 0,
      exit: { reason: "cpu_limit", message: /0\.6 s without a pause/ },
    });
    expect(await queued).toMatchObject({ status: 0, exit: { reason: "cpu_limit" } });
    expect(await host.call(server)).toMatchObject({ status: 200, text: "looping" });
    expect(host.driver.status(server.id)).toMatchObject({
      restarts: 1,
      lastExit: { reason: expect.stringMatching(/without a pause and was stopped/) },
    });
    // What it wrote before the loop is recovered, and the platform says what happened.
    await eventually(() => {
      const messages = host.messages(server);
      expect(messages.filter((message) => message === "before the loop")).toHaveLength(1);
      expect(messages).toContainEqual(expect.stringContaining("without a pause"));
    });
  });

  it("is shown while it hangs: lines that only stdout has appear after a second, with the one request in flight", async () => {
    const patient = createHostingFixture({ limits: { cpuMsMax: 1_500 } });
    try {
      const server = patient.server(TENANT);
      await patient.call(server);
      const requestId = ids.id("req");
      const loop = patient.call(server, "/loop", requestId);
      await eventually(() => expect(patient.messages(server)).toContain("before the loop"));
      expect(patient.driver.status(server.id).restarts).toBe(0);
      const line = patient.lines.find(({ message }) => message === "before the loop");
      expect(line?.requestId).toBe(decodeId("req", requestId));
      expect(await loop).toMatchObject({ exit: { reason: "cpu_limit" } });
      await eventually(() => expect(patient.driver.status(server.id).state).toBe("running"));
      expect(patient.messages(server).filter((message) => message === "before the loop")).toHaveLength(1);
    } finally {
      await patient.close();
    }
  });

  it("is refused when it hangs while it loads", async () => {
    const server = host.server("for (;;);");
    const lease = Promise.resolve().then(() => host.driver.lease(server, ids.id("req")));
    await expect(lease).rejects.toMatchObject({
      code: "bundle_refused",
      message: "The code did not finish loading within 1.5 s.",
    });
  });
});

describe("a server that allocates without end", () => {
  it("is stopped at its heap limit, and comes back", async () => {
    const server = host.server(TENANT, { NAME: "heavy" });
    expect(await host.call(server, "/allocate")).toMatchObject({
      status: 0,
      exit: {
        reason: "memory_limit",
        message: "The server used more than its 64 MiB of memory and was stopped.",
      },
    });
    expect(await host.call(server)).toMatchObject({ status: 200, text: "heavy" });
  });

  it("is held outside the heap too: buffers end with an error or with the process, never with the host's memory", async () => {
    const server = host.server(TENANT, { NAME: "buffers" });
    const { status, exit } = await host.call(server, "/buffers");
    if (exit === null) expect(status).toBe(500);
    else expect(exit.reason).toBe("memory_limit");
    expect(await host.call(server)).toMatchObject({ status: 200, text: "buffers" });
  });
});
