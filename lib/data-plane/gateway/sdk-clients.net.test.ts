import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startLegacyServer,
  startModernServer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
} from "#lib/testing/mcp/index.ts";

let modern: TestMcpServer;
let legacy: TestMcpServer;
let gateway: TestGateway;

beforeAll(async () => {
  [modern, legacy] = await Promise.all([startModernServer(), startLegacyServer()]);
  gateway = await startTestGateway({ runtimes: { modern: modern.url, legacy: legacy.url } });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([modern.close(), legacy.close()]);
});

interface Talk {
  tools: string[];
  echoed: unknown;
  failed: { isError?: boolean | undefined };
}

async function talkLegacy(slug: string): Promise<Talk> {
  const client = new LegacyClient({ name: "v1-client", version: "1.2.3" });
  const transport = new LegacyTransport(new URL(gateway.mcp(slug)));
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  const { tools } = await client.listTools();
  const echoed = await client.callTool({ name: "echo", arguments: { text: "héllo" } });
  const failed = (await client.callTool({ name: "fail", arguments: {} })) as { isError?: boolean };
  await transport.terminateSession();
  await client.close();
  return { tools: tools.map((tool) => tool.name), echoed: echoed.content, failed };
}

async function talkModern(slug: string): Promise<Talk> {
  const client = new ModernClient(
    { name: "v2-client", version: "2.3.4" },
    { versionNegotiation: { mode: "auto" } },
  );
  await client.connect(new ModernTransport(new URL(gateway.mcp(slug))));
  const { tools } = await client.listTools();
  const echoed = await client.callTool({ name: "echo", arguments: { text: "héllo" } });
  const failed = await client.callTool({ name: "fail", arguments: {} });
  await client.close();
  return { tools: tools.map((tool) => tool.name), echoed: echoed.content, failed };
}

const CASES = [
  { client: "v1-client", slug: "modern", talk: talkLegacy, era: "legacy" },
  { client: "v1-client", slug: "legacy", talk: talkLegacy, era: "legacy" },
  { client: "v2-client", slug: "modern", talk: talkModern, era: "modern" },
  { client: "v2-client", slug: "legacy", talk: talkModern, era: "legacy" },
] as const;

describe("both SDK generations through the gateway", () => {
  it.each(CASES)("$client talks to the $slug server, and every message is recorded", async (row) => {
    const from = gateway.facts.length;
    const talk = await row.talk(row.slug);
    expect(talk.tools.sort()).toEqual(["count", "echo", "fail"]);
    expect(talk.echoed).toEqual([{ type: "text", text: "héllo" }]);
    expect(talk.failed.isError).toBe(true);

    await gateway.fact((fact) => gateway.facts.indexOf(fact) >= from && fact.tool === "fail");
    const facts = gateway.facts.slice(from);
    const byMethod = (method: string) => facts.filter((fact) => fact.method === method);
    expect(byMethod("tools/list").map(({ outcome, era }) => ({ outcome, era }))).toEqual([
      { outcome: "ok", era: row.era },
    ]);
    expect(byMethod("tools/call").map(({ tool, outcome }) => ({ tool, outcome }))).toEqual([
      { tool: "echo", outcome: "ok" },
      { tool: "fail", outcome: "tool_error" },
    ]);
    for (const fact of byMethod("tools/call")) {
      expect(fact).toMatchObject({
        serverId: `srv_${row.slug}`,
        organizationId: "org_test",
        versionId: `ver_${row.slug}`,
        source: "external",
        httpStatus: 200,
        retentionDays: 7,
      });
      expect(fact.requestId).toBe(fact.id);
      expect(fact.requestBytes).toBeGreaterThan(50);
      expect(fact.responseBytes).toBeGreaterThan(50);
      expect(fact.durationMs).toBeGreaterThan(0);
      expect(fact.traceId).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(facts.filter((fact) => !["ok", "tool_error"].includes(fact.outcome))).toEqual([]);
    expect(gateway.openLeases()).toBeLessThanOrEqual(1);
  });

  it("names the client on every message of a modern client and of a legacy session", async () => {
    await talkModern("modern");
    await talkLegacy("legacy");
    const calls = gateway.facts.filter((fact) => fact.tool === "echo");
    expect(calls.filter((fact) => fact.era === "modern").map((fact) => fact.clientName)).toContain(
      "v2-client",
    );
    const inSession = calls.filter((fact) => fact.sessionHash !== null);
    expect(inSession.length).toBeGreaterThan(0);
    for (const fact of inSession) {
      expect(fact.clientName).toMatch(/^v[12]-client$/);
      expect(fact.sessionHash).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  it("records the end of a session, and counts a client's discovery as a probe", async () => {
    await talkLegacy("legacy");
    expect((await gateway.fact((fact) => fact.kind === "session_end")).outcome).toBe("ok");
    await talkModern("legacy");
    const probe = await gateway.fact((fact) => fact.kind === "probe" && fact.method === "server/discover");
    expect(probe.outcome).toBe("ok");
    await talkLegacy("modern");
    const refusedStream = await gateway.fact((fact) => fact.kind === "probe" && fact.httpStatus === 405);
    expect(refusedStream).toMatchObject({ outcome: "ok", error: null });
  });

  it("passes notifications of a running call while it runs", async () => {
    const client = new LegacyClient({ name: "v1-client", version: "1.2.3" });
    const steps: unknown[] = [];
    client.fallbackNotificationHandler = async (notification) => {
      steps.push(notification.params?.data);
    };
    await client.connect(
      new LegacyTransport(new URL(gateway.mcp("legacy"))) as Parameters<typeof client.connect>[0],
    );
    const result = await client.callTool({ name: "count", arguments: { to: 3 } });
    await client.close();
    expect(steps).toEqual(["step 1", "step 2", "step 3"]);
    expect(result.content).toEqual([{ type: "text", text: "counted to 3" }]);
  });
});
