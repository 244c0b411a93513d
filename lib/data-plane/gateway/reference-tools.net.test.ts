import { Client as LegacyClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as LegacyTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startEverythingServer,
  startModernServer,
  startTestGateway,
  type TestGateway,
  type TestMcpServer,
} from "#lib/testing/mcp/index.ts";
import { inspect } from "#lib/testing/mcp/inspector-cli.ts";

let everything: Awaited<ReturnType<typeof startEverythingServer>>;
let modern: TestMcpServer;
let gateway: TestGateway;

beforeAll(async () => {
  [everything, modern] = await Promise.all([startEverythingServer(), startModernServer()]);
  gateway = await startTestGateway({ runtimes: { everything: everything.url, modern: modern.url } });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all([everything.close(), modern.close()]);
});

const namesOf = (result: Record<string, unknown>): string[] =>
  (result.tools as { name: string }[]).map((tool) => tool.name).sort();

describe("the MCP Inspector", () => {
  it.each([
    ["everything", "legacy"],
    ["modern", "modern"],
    ["everything", "auto"],
  ])("sees the same tools of %s in the %s era through the gateway as directly", async (slug, era) => {
    const direct = slug === "modern" ? modern.url : everything.url;
    const list = ["--protocol-era", era, "--method", "tools/list"];
    const [through, without] = await Promise.all([
      inspect(gateway.mcp(slug), ...list),
      inspect(direct, ...list),
    ]);
    expect(namesOf(through)).toEqual(namesOf(without));
    expect(namesOf(through).length).toBeGreaterThan(2);
  });

  it("calls a tool through the gateway", async () => {
    const call = ["--method", "tools/call", "--tool-name", "echo", "--tool-arg", "text=through"];
    const result = await inspect(gateway.mcp("modern"), "--protocol-era", "modern", ...call);
    expect(JSON.stringify(result)).toContain("through");
    expect(await gateway.fact((fact) => fact.tool === "echo")).toMatchObject({
      era: "modern",
      outcome: "ok",
    });
  });
});

describe("the reference server", () => {
  it("runs a long tool with progress, through sessions, streams and event ids", async () => {
    const client = new LegacyClient({ name: "reference", version: "1.0.0" });
    const transport = new LegacyTransport(new URL(gateway.mcp("everything")));
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    const { tools } = await client.listTools();
    const long = tools.find((tool) => /long/i.test(tool.name));
    expect(long).toBeDefined();
    const progress: number[] = [];
    await client.callTool({ name: long?.name ?? "", arguments: { duration: 0.4, steps: 4 } }, undefined, {
      onprogress: (update) => progress.push(update.progress),
    });
    expect(progress.length).toBeGreaterThanOrEqual(3);
    await transport.terminateSession();
    await client.close();
    const fact = await gateway.fact((item) => item.tool === long?.name);
    expect(fact).toMatchObject({ outcome: "ok", era: "legacy", clientName: "reference" });
    expect(fact.durationMs).toBeGreaterThan(300);
    const troubled = gateway.facts.filter((item) => item.outcome !== "ok");
    expect(troubled).toEqual([]);
  });
});
