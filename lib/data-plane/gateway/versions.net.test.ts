import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VersionRef } from "#lib/data-plane/directory/index.ts";
import { createWorkerdDriver, type RuntimeDriver } from "#lib/data-plane/hosting/index.ts";
import { systemClock } from "#lib/kernel/clock.ts";
import { recordingLog } from "#lib/testing/index.ts";
import {
  rawRequest,
  serverEntry,
  startTestGateway,
  type TestGateway,
  toolCall,
} from "#lib/testing/mcp/index.ts";

/** A legacy server that keeps its sessions in memory, as the reference SDK's do, and tells its version. */
const codeOf = (name: string): string => `
const sessions = new Set();
const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
export default {
  async fetch(request) {
    const session = request.headers.get("mcp-session-id");
    if (request.method === "DELETE") return new Response(null, { status: sessions.delete(session) ? 200 : 404 });
    const { id, method } = await request.json();
    if (method === "initialize") {
      const opened = crypto.randomUUID();
      sessions.add(opened);
      return json(200, { jsonrpc: "2.0", id, result: {} }, { "mcp-session-id": opened });
    }
    if (session !== null && !sessions.has(session)) return json(404, { jsonrpc: "2.0", id, error: { code: -32001, message: "Session not found" } });
    return json(200, { jsonrpc: "2.0", id, result: { content: [{ type: "text", text: "${name}" }] } });
  },
};`;

const versionRef = (semver: string): VersionRef => ({
  id: `ver_${semver}`,
  semver,
  sha256: semver.replaceAll(".", "").padStart(64, "0"),
});
const [ONE, TWO] = [versionRef("1.0.0"), versionRef("2.0.0")];
const entryOf = (version: VersionRef) => serverEntry("desk", { version, revision: version.semver });

let directory: string;
let driver: RuntimeDriver;
let gateway: TestGateway;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mcpstack-versions-"));
  driver = createWorkerdDriver({
    runDir: directory,
    cacheDir: path.join(directory, "cache"),
    loadBundle: async (_organization, sha256) => ({
      mainModule: "main.js",
      modules: { "main.js": codeOf(sha256 === ONE.sha256 ? "one" : "two") },
    }),
    sink: { request: () => undefined, console: () => undefined },
    clock: systemClock,
    log: recordingLog(),
    allowPrivate: false,
    egressHosts: {},
    region: "test",
    node: "test",
  });
  gateway = await startTestGateway({
    entries: [entryOf(ONE)],
    versions: { srv_desk: [ONE, TWO] },
    lease: driver.lease,
  });
});
afterAll(async () => {
  await gateway.close();
  await driver.close(500);
  await rm(directory, { recursive: true, force: true });
});

/** Makes `after` the version that serves, as a publish does. */
async function publish(before: VersionRef, after: VersionRef): Promise<void> {
  await gateway.configure((stored) => {
    stored.servers = stored.servers.map((server) => ({ ...server, version: after, revision: after.semver }));
  });
  driver.apply({ before: entryOf(before), after: entryOf(after) });
  await driver.settled("srv_desk");
}

async function open(url: string): Promise<Record<string, string>> {
  const answer = await rawRequest(url, {
    body: { jsonrpc: "2.0", id: 0, method: "initialize", params: { protocolVersion: "2025-06-18" } },
  });
  return { "mcp-session-id": String(answer.headers["mcp-session-id"]) };
}

async function call(url: string, headers: Record<string, string> = {}) {
  const { status, text } = await rawRequest(url, { body: toolCall(1), headers });
  return status === 200
    ? (JSON.parse(text) as { result: { content: { text: string }[] } }).result.content[0]?.text
    : status;
}

describe("a publish", () => {
  it("leaves sessions on the version that opened them, and gives the new one to everybody else", async () => {
    const url = gateway.mcp("desk");
    const session = await open(url);
    expect(await call(url, session)).toBe("one");
    await publish(ONE, TWO);
    expect(await call(url)).toBe("two");
    expect(await call(url, session)).toBe("one");
    const late = await open(url);
    expect(await call(url, late)).toBe("two");
    const facts = gateway.facts.filter(({ tool }) => tool === "echo");
    expect(facts.map(({ versionId }) => versionId)).toEqual([ONE.id, TWO.id, ONE.id, TWO.id]);
    expect(await driver.drain("srv_desk", ONE.id, 5_000)).toMatchObject({ inFlight: 0, sessions: 1 });
    expect((await rawRequest(url, { method: "DELETE", headers: session })).status).toBe(200);
    expect((await driver.drain("srv_desk", ONE.id, 5_000)).sessions).toBe(0);
    expect(await call(url, session)).toBe(404);
    await publish(TWO, ONE);
    expect(await call(url, late)).toBe("two");
    expect(await call(url)).toBe("one");
  });
});

describe("the URL of a version", () => {
  it("answers with that version, in sessions of its own", async () => {
    const url = gateway.mcp("desk");
    expect(await call(`${url}/v/2.0.0`)).toBe("two");
    expect(await call(`${url}/v/1.0.0`)).toBe("one");
    const session = await open(`${url}/v/2.0.0`);
    expect(await call(`${url}/v/2.0.0`, session)).toBe("two");
    expect(await call(url, session)).toBe("two");
    expect(await call(`${url}/v/1.0.0`, session)).toBe(404);
  });

  it("that was never published does not exist", async () => {
    expect(await call(`${gateway.mcp("desk")}/v/3.0.0`)).toBe(404);
  });
});
