import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkerdDriver, type RuntimeDriver } from "#lib/data-plane/hosting/index.ts";
import type { RawConsoleLine } from "#lib/data-plane/observation/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { recordingLog } from "#lib/testing/index.ts";
import {
  rawRequest,
  serverEntry,
  startTestGateway,
  type TestGateway,
  toolCall,
} from "#lib/testing/mcp/index.ts";

/** One module whose tools do what tenants must not. */
const TENANT = `
const answer = (id, text) => new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers: { "content-type": "application/json" } });
export default {
  async fetch(request) {
    const { id, params } = await request.json();
    switch (params.name) {
      case "loop": for (;;) {}
      case "hang": return new Promise(() => {});
      case "hoard": { const held = []; for (;;) held.push(new Array(1_000_000).fill(id)); }
      case "throw": throw new Error("the ticket desk is closed");
      case "half": {
        const { readable, writable } = new TransformStream();
        const writer = writable.getWriter();
        writer.write(new TextEncoder().encode(": begun\\n\\n")).then(() => setTimeout(() => { for (;;) {} }, 50));
        return new Response(readable, { headers: { "content-type": "text/event-stream" } });
      }
      default: return answer(id, "done");
    }
  },
};`;

let directory: string;
let driver: RuntimeDriver;
let gateway: TestGateway;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mcpstack-deaths-"));
  const lines: RawConsoleLine[] = [];
  driver = createWorkerdDriver({
    runDir: directory,
    cacheDir: path.join(directory, "cache"),
    loadBundle: async () => ({ mainModule: "main.js", modules: { "main.js": TENANT } }),
    sink: { request: () => undefined, console: (line) => void lines.push(line) },
    clock: systemClock,
    log: recordingLog(),
    allowPrivate: false,
    egressHosts: {},
    region: "test",
    node: "test",
    limits: { cpuMsMax: 600, heapMiBMax: 64 },
  });
  const sha256 = "ab".repeat(32);
  const entry = (slug: string, durationMs: number) => {
    const base = serverEntry(slug, { version: { id: `ver_${slug}`, semver: "1.0.0", sha256 } });
    return { ...base, caps: { ...base.caps, toolCallDurationMsMax: durationMs } };
  };
  gateway = await startTestGateway({
    entries: [entry("bad", 20_000), entry("slow", 500), entry("neighbour", 20_000)],
    lease: driver.lease,
  });
});
afterAll(async () => {
  await gateway.close();
  await driver.close(0);
  await rm(directory, { recursive: true, force: true });
});

const call = (slug: string, tool: string) => rawRequest(gateway.mcp(slug), { body: toolCall(1, tool) });

async function expectNeighbourWorks(): Promise<void> {
  const answer = await call("neighbour", "fine");
  expect(answer.text).toContain("done");
}

describe("a hosted server that misbehaves", () => {
  it.each([
    ["loop", /too much CPU time/, "runtime_error"],
    [
      "hoard",
      /too much memory: The server used more than its \d+ MiB of memory and was stopped\. It restarts/,
      "runtime_error",
    ],
  ])("%s: the caller is told why it was stopped, and the server comes back", async (tool, words, outcome) => {
    await expectNeighbourWorks();
    const [answer] = await Promise.all([call("bad", tool), expectNeighbourWorks()]);
    expect(answer.status).toBe(200);
    expect(answer.json().id).toBe(1);
    expect(answer.json().error.message).toMatch(words);
    expect(answer.json().error.message).toContain(String(answer.headers["x-request-id"]));
    expect(await gateway.fact((fact) => fact.tool === tool)).toMatchObject({ outcome, httpStatus: 200 });
    expect((await call("bad", "fine")).text).toContain("done");
  });

  it("dies in the middle of a stream: the stream ends with an error that says why", async () => {
    const answer = await call("bad", "half");
    expect(answer.headers["content-type"]).toContain("text/event-stream");
    expect(answer.text.startsWith(": begun\n\n")).toBe(true);
    expect(answer.text).toMatch(/too much CPU time/);
    expect((await gateway.fact((fact) => fact.tool === "half")).outcome).toBe("runtime_error");
    await expectNeighbourWorks();
  });

  it("throws: the caller gets JSON-RPC with the request id, not a bare 500", async () => {
    const answer = await call("bad", "throw");
    expect(answer.json().error.message).toMatch(/HTTP 500.*req_/);
    expect((await gateway.fact((fact) => fact.tool === "throw")).outcome).toBe("runtime_error");
  });

  it("never answers: the caller's time limit ends the call [ops.usage.plan-limits]", async () => {
    const answer = await call("slow", "hang");
    expect(answer.json().error.data.code).toMatch(/timeout|runtime_failed/);
    expect(["timeout", "runtime_error"]).toContain(
      (await gateway.fact((fact) => fact.tool === "hang")).outcome,
    );
    expect((await call("slow", "fine")).text).toContain("done");
  });
});
